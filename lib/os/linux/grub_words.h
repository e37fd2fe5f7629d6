// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace san::os {

using GrubVariables = std::map<std::string, std::string, std::less<>>;

/// A word of a GRUB script with its quotes and "$" as they stand; an empty one ends a command.
struct GrubWord {
  std::string text;
  unsigned line = 0;
  bool ends() const { return text.empty(); }
};

/// Splits a script into words; "\" at the end of a line joins it with the next.
std::vector<GrubWord> grub_words(std::string_view script);

/// A word with quotes removed and variables replaced by their values; unset ones are empty. A word that was
/// not quoted is split at blanks that come out of a variable. At most 64 KiB become of a word.
std::vector<std::string> expanded(const std::string& word, const GrubVariables& variables);
/// The same as one word.
std::string expanded_one(const std::string& word, const GrubVariables& variables);

}  // namespace san::os
