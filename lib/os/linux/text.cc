// SPDX-License-Identifier: Apache-2.0
#include "os/linux/text.h"

#include <algorithm>

namespace san::os {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

/// A value of sh(1) up to the first blank outside of quotes.
std::string unquoted(std::string_view text) {
  std::string value;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && kBlanks.find(c) != std::string_view::npos) break;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      value += text[++i];
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else {
      value += c;
    }
  }
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> blank_separated(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0;;) {
    at = text.find_first_not_of(kBlanks, at);
    if (at == std::string_view::npos) return words;
    const auto end = std::min(text.find_first_of(kBlanks, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
}

std::vector<ConfigLine> config_lines(std::string_view text, std::string_view comments) {
  std::vector<ConfigLine> lines;
  unsigned number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = without_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && comments.find(line.front()) == std::string_view::npos)
      lines.push_back({number, line});
  }
  return lines;
}

std::map<std::string, Assignment> assignments(std::string_view text) {
  std::map<std::string, Assignment> result;
  for (const auto& [number, whole] : config_lines(text)) {
    auto line = whole;
    if (line.starts_with("export ")) line = without_blanks(line.substr(7));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !is_name(line.substr(0, equals))) continue;
    result[std::string(line.substr(0, equals))] = {number, unquoted(line.substr(equals + 1))};
  }
  return result;
}

std::vector<IniValue> ini_values(std::string_view text) {
  std::vector<IniValue> values;
  std::string section;
  for (const auto& [number, line] : config_lines(text, "#;")) {
    if (line.front() == '[' && line.back() == ']') {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    values.push_back({number, section, std::string(without_blanks(line.substr(0, equals))),
                      std::string(without_blanks(line.substr(equals + 1)))});
  }
  return values;
}

CommandLine::CommandLine(std::string_view text) {
  add(text);
}

void CommandLine::add(std::string_view text) {
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (word.empty()) return;
    const auto equals = word.find('=');
    if (equals == std::string::npos)
      arguments_.emplace_back(word, "");
    else
      arguments_.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    word.clear();
  };
  for (const char c : text) {
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && kBlanks.find(c) != std::string_view::npos)
      finish();
    else
      word += c;
  }
  finish();
}

bool CommandLine::has(std::string_view name) const {
  return last(name).has_value();
}

std::optional<std::string> CommandLine::last(std::string_view name) const {
  const auto found = std::find_if(arguments_.rbegin(), arguments_.rend(),
                                  [&](const auto& argument) { return argument.first == name; });
  if (found == arguments_.rend()) return std::nullopt;
  return found->second;
}

std::vector<std::string> CommandLine::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : arguments_)
    if (key == name) values.push_back(value);
  return values;
}

bool CommandLine::enabled(std::string_view name) const {
  const auto value = last(name);
  return value && *value != "0" && *value != "no" && *value != "off";
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace san::os
