// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace san::os {

/// A section of LVM2's metadata text, or a value in one. They nest as deep as the parser lets them.
struct LvmValue {  // NOLINT(misc-no-recursion)
  std::string name;
  /// Strings and numbers of a value, as written; one, or those of a list.
  std::vector<std::string> words;
  std::vector<LvmValue> children;  ///< of a section, in their order
  bool section = false;

  /// The child of that name; null where there is none.
  const LvmValue* find(std::string_view child) const;
  /// The only word of that child; empty where there is none.
  std::string word(std::string_view child) const;
  /// The same as a number; nothing where it is none.
  std::optional<std::uint64_t> number(std::string_view child) const;
};

/// Parses metadata text (lvm2, libdm/libdm-config.c is its parser): sections, values, lists, comments.
/// Nothing where it is no such text, or nests deeper than 16 sections.
std::optional<LvmValue> parse_lvm_text(std::string_view text);

}  // namespace san::os
