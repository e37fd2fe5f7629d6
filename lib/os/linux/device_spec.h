// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "os/volumes/volumes.h"

namespace san::os {

/// How a configuration names a block device: root=, fstab(5), crypttab(5), resume=.
struct DeviceSpec {
  enum class Kind {
    uuid,
    label,
    partuuid,
    partlabel,
    logical,      ///< LVM2: /dev/GROUP/NAME or /dev/mapper/GROUP-NAME; `group` and `value`
    mapper,       ///< another name below /dev/mapper, `value`
    kernel_name,  ///< /dev/sda3, /dev/nvme0n1p2, /dev/loop0p3: as the kernel found the disks, `partition`
    by_path,      ///< by the place where the disk is attached
    by_id,        ///< by the disk's own name
    network,      ///< nfs, //server/share, iscsi: …
    nothing,      ///< none, tmpfs, proc: no device
    other,        ///< not understood: /dev/md0, ZFS=…
  };
  Kind kind = Kind::other;
  std::string text;   ///< as it stands in the configuration
  std::string value;  ///< the identifier, with escapes resolved
  std::string group;  ///< LVM2
  unsigned partition = 0;
};

DeviceSpec parse_device_spec(std::string_view text);

/// The volume on the disk that is meant; for `kernel_name` the partition of that number, which is a guess.
/// Null where there is none, or where this cannot be known from the disk alone.
const DiskVolume* find_volume(const DiskContent& content, const DeviceSpec& spec);

/// "\040" of fstab(5) and "\x20" of udev(7) as the characters they stand for.
std::string unescaped(std::string_view text);

}  // namespace san::os
