// SPDX-License-Identifier: Apache-2.0
#include "core/text/shell_word.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text/table.h"

namespace san {
namespace {

constexpr std::size_t kMaxName = 255, kMaxWord = 4096;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._:@-").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<PlainName> plain_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxName || text.front() == '-' || !std::ranges::all_of(text, is_plain))
    return std::nullopt;
  return PlainName(std::string(text));
}

PlainName four_hex_digits(std::uint16_t number) {
  return PlainName(fmt::format("{:04X}", number));
}

PlainNames::PlainNames(const std::vector<PlainName>& names, char between) {
  for (const PlainName& name : names) {
    if (!text_.empty()) text_ += between;
    text_ += name.text();
  }
}

PlainNames with_blanks(const std::vector<PlainName>& names) {
  return PlainNames(names, ' ');
}

PlainNames with_commas(const std::vector<PlainName>& names) {
  return PlainNames(names, ',');
}

std::optional<ShellWord> shell_word(std::string_view text) {
  if (text.empty() || text.size() > kMaxWord || text.front() == '-' || printable(text) != text)
    return std::nullopt;
  if (std::ranges::all_of(text, [](char c) { return is_plain(c) || c == '/' || c == ',' || c == '+'; }))
    return ShellWord(std::string(text));
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return ShellWord(quoted + "'");
}

SedPattern sed_pattern(const PlainName& name) {
  std::string pattern;
  for (const char c : name.text()) {
    if (c == '.') pattern += '\\';
    pattern += c;
  }
  return SedPattern(pattern);
}

}  // namespace san
