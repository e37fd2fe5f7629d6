// SPDX-License-Identifier: Apache-2.0
#include "os/linux/fstab.h"

#include <algorithm>

#include "os/linux/text.h"

namespace san::os {
namespace {

std::vector<std::string> options_of(std::string_view text) {
  std::vector<std::string> options;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (end > 0) options.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return options;
}

}  // namespace

bool FstabEntry::has_option(std::string_view name) const {
  return std::ranges::find(options, name) != options.end();
}

std::string FstabEntry::option(std::string_view name) const {
  for (const auto& text : options)
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
      return text.substr(name.size() + 1);
  return {};
}

std::vector<FstabEntry> parse_fstab(std::string_view text) {
  std::vector<FstabEntry> entries;
  for (const auto& [number, line] : config_lines(text)) {
    const auto words = blank_separated(line);
    if (words.size() < 2) continue;
    FstabEntry entry;
    entry.line = number;
    entry.device = parse_device_spec(unescaped(words[0]));
    entry.directory = unescaped(words[1]);
    if (words.size() > 2) entry.type = words[2];
    if (words.size() > 3) entry.options = options_of(words[3]);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<CrypttabEntry> parse_crypttab(std::string_view text) {
  std::vector<CrypttabEntry> entries;
  for (const auto& [number, line] : config_lines(text)) {
    const auto words = blank_separated(line);
    if (words.size() < 2) continue;
    entries.push_back({number, words[0], parse_device_spec(words[1]),
                       words.size() > 3 ? options_of(words[3]) : std::vector<std::string>{}});
  }
  return entries;
}

}  // namespace san::os
