// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/fstab_entries.h"

#include <functional>
#include <set>

namespace san::preflight {
namespace {

bool on_network(const os::FstabEntry& entry) {
  static const std::set<std::string, std::less<>> types = {"nfs",   "nfs4",       "cifs",      "smb3",
                                                           "ceph",  "9p",         "glusterfs", "afs",
                                                           "sshfs", "fuse.sshfs", "lustre",    "virtiofs"};
  return types.contains(entry.type);
}

}  // namespace

bool is_no_device(const os::DeviceSpec& device) {
  if (device.kind == os::DeviceSpec::Kind::nothing || device.kind == os::DeviceSpec::Kind::network)
    return true;
  if (device.kind != os::DeviceSpec::Kind::other) return false;
  // Files on a loop device, drives with removable media.
  return !(device.text.starts_with("/dev/") || device.text.starts_with("ZFS=")) ||
         device.text.starts_with("/dev/sr") || device.text.starts_with("/dev/cdrom") ||
         device.text.starts_with("/dev/fd");
}

bool is_on_demand(const os::FstabEntry& entry) {
  return entry.has_option("noauto") || entry.has_option("x-systemd.automount") || entry.has_option("bind") ||
         on_network(entry) || is_no_device(entry.device);
}

bool is_dispensable(const os::FstabEntry& entry) {
  return entry.swap() || entry.has_option("nofail") || entry.has_option("_netdev");
}

}  // namespace san::preflight
