// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace san::os {

using GrubVariables = std::map<std::string, std::string, std::less<>>;

/// A word of a GRUB script, quotes and "$" unprocessed; an empty word ends a command.
struct GrubWord {
  std::string text;
  unsigned line = 0;
  bool ends() const { return text.empty(); }
};

/// Splits a script into words; "\" at the end of a line joins it with the next.
std::vector<GrubWord> grub_words(std::string_view script);

/// Removes the quotes of a word and replaces variables by their values; unset ones are empty. An unquoted
/// word is split at blanks that come from a variable. The result is limited to 64 KiB.
std::vector<std::string> expanded(const std::string& word, const GrubVariables& variables);
/// Expands a word like expanded(), but does not split it.
std::string expanded_one(const std::string& word, const GrubVariables& variables);

}  // namespace san::os
