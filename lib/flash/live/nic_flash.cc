// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_flash.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "core/error.h"
#include "flash/live/chip_lock.h"
#include "flash/live/nic_write.h"

namespace san::flash {
namespace {

/// Returns "DIRECTORY/eth0-525400123456-20261123T081500Z.nvm", with a number in front of .nvm if that exists.
std::string free_backup_path(const NicInterface& nic, const std::string& directory) {
  std::string mac = nic.mac;
  std::erase(mac, ':');
  const std::string base =
      fmt::format("{}/{}-{}-{:%Y%m%dT%H%M%SZ}", directory, nic.name, mac, fmt::gmtime(std::time(nullptr)));
  std::string path = base + ".nvm";
  std::error_code error;
  for (unsigned i = 2; std::filesystem::exists(path, error); ++i) path = fmt::format("{}-{}.nvm", base, i);
  return path;
}

/// The NVM of a NIC in this machine.
class NicFlash final : public NvmFlash {
 public:
  NicFlash(const LiveNvm& nvm, LiveImage live, const NvmOptions& options, std::string locks,
           std::string backups)
      : NvmFlash(nvm.object, std::move(live.image), options,
                 [this, nvm, magic = live.magic, locks = std::move(locks)](const NvmImage& before,
                                                                           const NvmImage& after) {
                   const ChipLock lock(nvm.object, nvm.nic.chip(), locks);
                   write_live(nvm, magic, before, after, family());
                 }),
        nic_(nvm.nic),
        backups_(std::move(backups)) {}

  std::string backup_path() const override { return free_backup_path(nic_, backups_); }
  std::optional<unsigned> own_port() const override { return nic_.port(); }

 private:
  NicInterface nic_;
  std::string backups_;
};

/// Returns the family to be used: that of the PCI device. The user's choice counts only if the device is not
/// in the tables.
std::string family_name(const std::string& object, const NicInterface& nic, const std::string& said) {
  const NvmFamily* const family = nic.family();
  if (family == nullptr) return said;
  if (!said.empty() && &find_family(said) != family)
    throw Error(Exit::usage, setting("family") + " " + said,
                fmt::format("but {} is the PCI device 8086:{:04x}, an {}", object, nic.device.value_or(0),
                            family->name),
                "leave it out");
  return std::string(family->name);
}

}  // namespace

std::unique_ptr<FlashDevice> open_nic(const std::string& name, const NvmOptions& options,
                                      const NicMachine& machine) {
  const LiveNvm nvm{"nic:" + name, find_nic(name, machine.root), machine.ethtool};
  if (const NicLimit limit = nic_limit(nvm.nic); !limit.cause.empty())
    throw Error(Exit::failed, nvm.object, limit.cause, limit.hint);
  NvmOptions with_family = options;
  with_family.family = family_name(nvm.object, nvm.nic, options.family);
  return std::make_unique<NicFlash>(nvm, read_live(nvm), with_family, machine.locks, machine.backups);
}

std::vector<std::string> known_nics(const NicMachine& machine) {
  std::vector<std::string> names;
  for (const NicInterface& nic : find_nics(machine.root))
    if (const NvmFamily* family = nic.family();
        family != nullptr && !family->read_only && nic_limit(nic).cause.empty())
      names.push_back(nic.name);
  return names;
}

}  // namespace san::flash
