// SPDX-License-Identifier: Apache-2.0
#include "os/linux/modules.h"

#include <fmt/core.h>
#include <fnmatch.h>

#include <algorithm>

#include "os/linux/initramfs.h"
#include "os/linux/text.h"
#include "os/linux/unpack.h"

namespace san::os {
namespace {

constexpr std::size_t kMaxModule = std::size_t{64} << 20;

std::string underscored(std::string_view name) {
  std::string result(name);
  std::ranges::replace(result, '-', '_');
  return result;
}

}  // namespace

void add_modules_dep(std::string_view text, ModuleIndex& index) {
  for (const auto& [number, line] : config_lines(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = module_name(line.substr(0, colon));
    if (name.empty()) continue;
    index.paths[name] = line.substr(0, colon);
    auto& needs = index.needs[name];
    for (const auto& path : blank_separated(line.substr(colon + 1))) needs.push_back(module_name(path));
  }
}

void add_modules_builtin(std::string_view text, ModuleIndex& index) {
  for (const auto& [number, line] : config_lines(text))
    if (auto name = module_name(line); !name.empty()) index.builtin.insert(std::move(name));
}

void add_modules_alias(std::string_view text, ModuleIndex& index) {
  for (const auto& [number, line] : config_lines(text)) {
    if (!line.starts_with("alias pci:")) continue;
    const auto words = blank_separated(line);
    if (words.size() == 3) index.pci.emplace_back(words[1], underscored(words[2]));
  }
}

void add_builtin_modinfo(std::string_view text, ModuleIndex& index) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto dot = line.find('.');
    if (dot == std::string_view::npos) continue;
    constexpr std::string_view alias = "alias=";
    const auto rest = line.substr(dot + 1);
    if (rest.starts_with("alias=pci:"))
      index.pci.emplace_back(rest.substr(alias.size()), underscored(line.substr(0, dot)));
  }
}

std::vector<std::string> modules_for_nic(const ModuleIndex& index, std::uint16_t vendor,
                                         std::uint16_t device) {
  // Class 2, subclass 0: an Ethernet controller.
  const auto nic = fmt::format("pci:v{:08X}d{:08X}sv00000000sd00000000bc02sc00i00", vendor, device);
  std::set<std::string> names;
  for (const auto& [pattern, module] : index.pci)
    if (fnmatch(pattern.c_str(), nic.c_str(), 0) == 0) names.insert(module);
  return {names.begin(), names.end()};
}

std::vector<std::string> firmware_of(std::span<const std::byte> module) {
  const auto bytes = unpacked(module, kMaxModule);
  const auto text = as_text(bytes);
  constexpr std::string_view key = "firmware=";
  std::vector<std::string> files;
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string_view::npos; at += key.size()) {
    if (at > 0 && text[at - 1] != '\0') continue;
    const auto end = text.find('\0', at);
    if (end == std::string_view::npos || end - at > 256) continue;
    files.emplace_back(text.substr(at + key.size(), end - at - key.size()));
  }
  return files;
}

}  // namespace san::os
