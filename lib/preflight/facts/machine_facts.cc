// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/machine_facts.h"

#include <algorithm>
#include <cctype>

#include "core/ascii.h"
#include "system/sysfs.h"

namespace san::preflight {
namespace {

bool runs(const Sysfs& files, const std::string& program) {
  for (const std::string& name : files.names("/proc"))
    if (!name.empty() &&
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; }) &&
        files.line("/proc/" + name + "/comm") == program)
      return true;
  return false;
}

}  // namespace

std::optional<bool> LiveMount::on_iscsi() const {
  if (!why.empty()) return std::nullopt;
  return !disks.empty() && std::all_of(disks.begin(), disks.end(),
                                       [](const LiveDisk& disk) { return disk.session.has_value(); });
}

const LiveMount* MachineFacts::root_mount() const {
  return mounts.empty() || mounts.front().where != "/" ? nullptr : &mounts.front();
}

const IscsiSession* MachineFacts::root_session() const {
  const LiveMount* mount = root_mount();
  if (mount == nullptr || mount->disks.size() != 1 || !mount->disks.front().session) return nullptr;
  return &*mount->disks.front().session;
}

const LiveNic* MachineFacts::nic(const std::string& name) const {
  const auto found =
      std::find_if(nics.begin(), nics.end(), [&name](const LiveNic& nic) { return nic.name == name; });
  return found == nics.end() ? nullptr : &*found;
}

const LiveNic* MachineFacts::nic_by_mac(const std::string& mac) const {
  const LiveNic* best = nullptr;
  for (const LiveNic& nic : nics)
    if (same_without_case(nic.mac, mac) && (best == nullptr || (best->driver.empty() && !nic.driver.empty())))
      best = &nic;
  return best;
}

std::string MachineFacts::argument(const std::string& name) const {
  const std::string wanted = name + "=";
  for (std::size_t at = 0; at < command_line.size();) {
    const std::size_t end = std::min(command_line.find(' ', at), command_line.size());
    if (command_line.compare(at, wanted.size(), wanted) == 0)
      return command_line.substr(at + wanted.size(), end - at - wanted.size());
    at = end + 1;
  }
  return {};
}

std::unique_ptr<MachineFacts> read_machine_facts(const std::string& root) {
  auto facts = std::make_unique<MachineFacts>();
  facts->root = root == "/" ? "" : root;
  const Sysfs files(facts->root);
  read_live_storage(facts->root, *facts);
  facts->nics = read_nics(facts->root);
  read_firmware(facts->root, *facts);
  facts->command_line = files.line("/proc/cmdline");
  facts->iscsid = runs(files, "iscsid");
  return facts;
}

}  // namespace san::preflight
