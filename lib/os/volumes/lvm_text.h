// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace san::os {

/// A section of LVM2's metadata text, or a value in one. Sections nest up to the parser's limit.
struct LvmValue {  // NOLINT(misc-no-recursion)
  std::string name;
  /// Tokens of a value as written, strings and numbers: one, or all of a list.
  std::vector<std::string> words;
  std::vector<LvmValue> children;  ///< of a section, in file order
  bool section = false;

  /// Returns the child named `child`; null if there is none.
  const LvmValue* find(std::string_view child) const;
  /// Returns the only token of that child; empty unless it has exactly one.
  std::string word(std::string_view child) const;
  /// Returns the only token of that child as a number; nothing if it is not one.
  std::optional<std::uint64_t> number(std::string_view child) const;
};

/// Parses metadata text: sections, values, lists, comments (lvm2's own parser is libdm/libdm-config.c).
/// Returns nothing if the text is malformed or nests deeper than 16 sections.
std::optional<LvmValue> parse_lvm_text(std::string_view text);

}  // namespace san::os
