// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace san::boot {

/// Fault of a value: a clause that follows the value, and the next step (empty for none).
struct Fault {
  std::string cause, hint;
};

/// Checks `name` as an iSCSI name by RFC 7143, 4.2.7; returns nothing if it is valid. Stricter than
/// iscsi::check_name(), which has to accept the names of existing targets: a name to be created, or to be
/// written into the firmware of a machine, must be valid everywhere. Names beyond ASCII are refused, although
/// RFC 3722 allows some: the fields of firmware are ASCII, and firmware does not compare names by its rules.
std::optional<Fault> name_fault(std::string_view name);

}  // namespace san::boot
