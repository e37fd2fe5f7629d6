// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/fault.h"

namespace san::iscsi {

/// Strictness of name_fault().
enum class NameRules {
  /// It begins with iqn., eui. or naa.
  type,
  /// The name of a target that exists: also at most kMaxNameBytes, no space, slash or control character.
  existing,
  /// A name that targetctl restores unchanged, by rtslib-fb's normalize_wwn(): lower case, no underscore
  /// (which RFC 3722 excludes as well), two dots behind the date of an iqn.
  rtslib,
  /// A name to be created, or to be written into the firmware of a machine: valid everywhere by RFC 7143,
  /// 4.2.7, and RFC 3722. Names beyond ASCII are refused, although RFC 3722 allows some: the fields of
  /// firmware are ASCII, and firmware does not compare names by its rules.
  portable,
};

/// Checks `name` by these rules; returns nothing if it is valid. The cause follows the name, but for
/// `existing` it is a sentence of its own with the name in it.
std::optional<Fault> name_fault(std::string_view name, NameRules rules);

/// Throws Error(usage) about `what` unless `name` is one that an existing target may have.
void check_name(std::string_view name, std::string_view what);

/// Checks an iSCSI name that a user typed, and returns it with its type prefix in lower case: IQN. becomes
/// iqn. . The rest stays as typed: RFC 3722 makes upper and lower case equivalent in a name, but targets
/// compare bytes, and some are set up with capitals. Throws like check_name().
std::string iscsi_name(std::string_view typed, std::string_view what);

}  // namespace san::iscsi
