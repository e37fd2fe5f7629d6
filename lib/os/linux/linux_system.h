// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "os/linux/boot_entry.h"
#include "os/linux/fstab.h"
#include "os/linux/initramfs.h"
#include "os/linux/modules.h"
#include "os/volumes/system_tree.h"
#include "os/volumes/volumes.h"

namespace san::os {

/// A kernel that the boot loader can start, with the paths of its files in the system.
struct BootKernel {
  BootEntry entry;
  std::string file;                  ///< "/boot/vmlinuz-6.1.0"; empty if there is no such file
  std::vector<std::string> initrds;  ///< as in the entry; an empty string for a missing file
  std::string release;               ///< "6.1.0-50-amd64"; empty if not known
};

/// Location of a block device that a configuration names.
struct Located {
  enum class State {
    here,      ///< on this disk; on a running machine: attached to it
    absent,    ///< does not exist
    unstable,  ///< named in a way that changes from boot to boot, or with the disk
    unknown,
  };
  State state = State::unknown;
  const DiskVolume* volume = nullptr;  ///< set if `here` and the device is a volume of the disk
  std::string why;                     ///< reason if `unstable` or `unknown`
};

/// A search of the boot loader, with its origin.
struct LoaderSearch {
  BootSearch search;
  std::string where;  ///< "/boot/grub/grub.cfg:12"
};

/// A Linux that is installed on a disk, or that runs. Content of large files is read on first use and kept.
/// Not for use by two threads at once.
struct LinuxSystem {
  std::shared_ptr<SystemTree> tree;
  const DiskContent* disk = nullptr;     ///< null for a running machine; must outlive this object
  const DiskVolume* root = nullptr;      ///< null for a running machine; must outlive this object
  std::vector<std::string> other_roots;  ///< names of volumes that hold another Linux, which is not examined

  std::string name;  ///< "Debian GNU/Linux 12 (bookworm)"
  std::string id;    ///< ID and ID_LIKE of os-release(5): "debian", "ubuntu debian"
  std::vector<FstabEntry> fstab;
  std::vector<CrypttabEntry> crypttab;
  std::vector<BootKernel> kernels;          ///< all kernels that a boot loader can start
  std::vector<LoaderSearch> searches;       ///< of the boot loaders
  std::vector<std::string> loaders;         ///< configuration files of boot loaders that were found
  std::vector<std::string> not_understood;  ///< "/boot/grub/grub.cfg: its blocks are nested too deeply"

  LinuxSystem();
  ~LinuxSystem();
  LinuxSystem(const LinuxSystem&) = delete;
  LinuxSystem& operator=(const LinuxSystem&) = delete;

  /// Returns the combined content of the kernel's initrds. Throws Error(failed) if one cannot be read.
  const Initramfs& initramfs(const BootKernel& kernel) const;
  /// Returns the index of /lib/modules/RELEASE; empty if there is none.
  const ModuleIndex& modules(const std::string& release) const;
  Located locate(const DeviceSpec& device) const;
  /// Returns the fstab entry of a directory; null if there is none.
  const FstabEntry* mounted_at(const std::string& directory) const;
  bool is_like(std::string_view distribution) const;

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

/// Reads the first Linux on the disk, which must outlive the result. Returns null if there is none. Throws
/// Error(failed) if its file systems cannot be read.
std::unique_ptr<LinuxSystem> read_linux_system(const DiskContent& disk);

/// Reads the Linux whose files are in `tree`, without a disk.
std::unique_ptr<LinuxSystem> read_linux_system(std::shared_ptr<SystemTree> tree);

}  // namespace san::os
