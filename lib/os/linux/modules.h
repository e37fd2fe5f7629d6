// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace san::os {

/// The modules of one kernel release, from the files of depmod(8) and of the kernel build. Names have "_" for
/// "-".
struct ModuleIndex {
  std::map<std::string, std::string, std::less<>> paths;               ///< relative to /lib/modules/RELEASE
  std::map<std::string, std::vector<std::string>, std::less<>> needs;  ///< direct and indirect dependencies
  std::set<std::string, std::less<>> builtin;
  std::vector<std::pair<std::string, std::string>> pci;  ///< pattern "pci:v…", module

  bool known(std::string_view name) const { return paths.contains(name) || builtin.contains(name); }
};

// Each adds the content of one file; lines that are not understood are skipped. Formats: modules.dep(5),
// kmod's documentation.
void add_modules_dep(std::string_view text, ModuleIndex& index);
void add_modules_builtin(std::string_view text, ModuleIndex& index);
void add_modules_alias(std::string_view text, ModuleIndex& index);
/// Adds modules.builtin.modinfo: NAME.KEY=VALUE, each ended by a NUL.
void add_builtin_modinfo(std::string_view text, ModuleIndex& index);

/// Returns the modules whose aliases match a network controller with these PCI ids, sorted. Aliases that
/// require a certain subsystem are skipped, because the subsystem is not known.
std::vector<std::string> modules_for_nic(const ModuleIndex& index, std::uint16_t vendor,
                                         std::uint16_t device);

/// Returns the files below /lib/firmware that a module (a .ko, which may be compressed) names in its section
/// .modinfo.
std::vector<std::string> firmware_of(std::span<const std::byte> module);

}  // namespace san::os
