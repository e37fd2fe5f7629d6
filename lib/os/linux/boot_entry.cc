// SPDX-License-Identifier: Apache-2.0
#include "os/linux/boot_entry.h"

#include <algorithm>

#include "os/linux/grub_words.h"
#include "os/linux/text.h"

namespace san::os {
namespace {

constexpr std::size_t kMaxArguments = std::size_t{64} << 10;  // Linux takes 4 KiB at most

/// The path of a BLS entry, which may begin with a device of GRUB.
std::string bls_path(std::string_view value) {
  if (value.starts_with('('))
    if (const auto end = value.find(')'); end != std::string_view::npos) value.remove_prefix(end + 1);
  return std::string(value);
}

bool names(const BootEntry::MenuLevel& level, std::string_view word) {
  return (!level.title.empty() && level.title == word) || (!level.id.empty() && level.id == word) ||
         std::to_string(level.number) == word;
}

/// Returns the number of levels of "a>b>c" that lead to this entry; 0 if it is not on that path.
bool leads_to(const BootEntry& entry, std::string_view chosen) {
  for (const auto& level : entry.menu_path) {
    if (chosen.empty()) return true;  // a whole submenu: its first entry
    // A title may have ">" in it.
    if (names(level, chosen)) return true;
    const auto end = std::min(chosen.find('>'), chosen.size());
    if (!names(level, chosen.substr(0, end))) return false;
    chosen.remove_prefix(std::min(end + 1, chosen.size()));
  }
  return chosen.empty() && !entry.menu_path.empty();
}

}  // namespace

GrubVariables read_grubenv(std::string_view text) {
  GrubVariables variables;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos || equals == 0) continue;
    variables[std::string(line.substr(0, equals))] = line.substr(equals + 1);
  }
  return variables;
}

BootEntry read_bls_entry(std::string_view text, std::string id, const GrubVariables& variables) {
  BootEntry entry;
  entry.loader = "BLS";
  entry.id = std::move(id);
  for (const auto& [number, line] : config_lines(text)) {
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto key = line.substr(0, end);
    const auto value = without_blanks(line.substr(end));
    if (key == "title") entry.title = value;
    if (key == "linux" || key == "efi") entry.kernel = bls_path(value);
    if (key == "uki") {
      entry.kernel = bls_path(value);
      entry.loader = "UKI";
    }
    if (key == "initrd")
      for (const auto& word : blank_separated(expanded_one(std::string(value), variables)))
        entry.initrds.push_back(bls_path(word));
    if (key == "options" && entry.arguments.size() < kMaxArguments) {
      if (!entry.arguments.empty()) entry.arguments += ' ';
      entry.arguments += expanded_one(std::string(value), variables);
    }
  }
  return entry;
}

void mark_default(std::vector<BootEntry>& entries, std::string_view chosen) {
  if (entries.empty() || std::ranges::any_of(entries, &BootEntry::is_default)) return;
  const auto found =
      std::ranges::find_if(entries, [&](const auto& entry) { return leads_to(entry, chosen); });
  (chosen.empty() || found == entries.end() ? entries.front() : *found).is_default = true;
}

}  // namespace san::os
