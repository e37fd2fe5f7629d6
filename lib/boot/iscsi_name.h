// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace san::boot {

/// What is wrong with a value: a clause that follows the value, and the next step (empty for none).
struct Fault {
  std::string cause, hint;
};

/// What is wrong with `name` as an iSCSI name by RFC 7143, 4.2.7; nothing for a right one. Stricter than
/// iscsi::check_name(), which has to take the names that targets have: a name that is to be made, or to be
/// put into the firmware of a machine, has to be right everywhere. Names beyond ASCII are refused, although
/// RFC 3722 knows some: the fields of firmware are ASCII, and nothing there compares them by its rules.
std::optional<Fault> name_fault(std::string_view name);

}  // namespace san::boot
