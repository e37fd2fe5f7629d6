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

/// What depmod(8) and the build wrote about the modules of one kernel release. Names have "_" for "-".
struct ModuleIndex {
  std::map<std::string, std::string, std::less<>> paths;               ///< below /lib/modules/RELEASE
  std::map<std::string, std::vector<std::string>, std::less<>> needs;  ///< direct and indirect ones
  std::set<std::string, std::less<>> builtin;
  std::vector<std::pair<std::string, std::string>> pci;  ///< pattern "pci:v…", module

  bool known(std::string_view name) const { return paths.contains(name) || builtin.contains(name); }
};

// Each adds what a file says; lines that are not understood are skipped. modules.dep(5), kmod's
// documentation.
void add_modules_dep(std::string_view text, ModuleIndex& index);
void add_modules_builtin(std::string_view text, ModuleIndex& index);
void add_modules_alias(std::string_view text, ModuleIndex& index);
/// modules.builtin.modinfo: NAME.KEY=VALUE, each ended by a NUL.
void add_builtin_modinfo(std::string_view text, ModuleIndex& index);

/// The modules that say they drive a network controller of these PCI ids, sorted. Aliases that want a certain
/// subsystem are passed over: that is not known.
std::vector<std::string> modules_for_nic(const ModuleIndex& index, std::uint16_t vendor,
                                         std::uint16_t device);

/// Files below /lib/firmware that a module (a .ko, perhaps compressed) names in its section .modinfo.
std::vector<std::string> firmware_of(std::span<const std::byte> module);

}  // namespace san::os
