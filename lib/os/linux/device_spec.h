// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "os/volumes/volumes.h"

namespace san::os {

/// A block device as a configuration names it: root=, fstab(5), crypttab(5), resume=.
struct DeviceSpec {
  enum class Kind {
    uuid,
    label,
    partuuid,
    partlabel,
    logical,      ///< LVM2: /dev/GROUP/NAME or /dev/mapper/GROUP-NAME; `group` and `value`
    mapper,       ///< another name below /dev/mapper, `value`
    kernel_name,  ///< /dev/sda3, /dev/nvme0n1p2, /dev/loop0p3: by the kernel's order of detection;
                  ///< `partition`
    by_path,      ///< by the port where the disk is attached
    by_id,        ///< by the disk's own identifier
    network,      ///< nfs, //server/share, iscsi: …
    nothing,      ///< none, tmpfs, proc: no device
    other,        ///< not understood: /dev/md0, ZFS=…
  };
  Kind kind = Kind::other;
  std::string text;   ///< as written in the configuration
  std::string value;  ///< the identifier, with escapes resolved
  std::string group;  ///< LVM2
  unsigned partition = 0;
};

DeviceSpec parse_device_spec(std::string_view text);

/// Finds the volume that `spec` names; for `kernel_name` the partition of that number, which is a guess. Null
/// if there is none, or if the disk alone does not tell.
const DiskVolume* find_volume(const DiskContent& content, const DeviceSpec& spec);

/// Replaces the escapes of fstab(5) ("\040") and udev(7) ("\x20") by the characters they stand for.
std::string unescaped(std::string_view text);

}  // namespace san::os
