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

/// A kernel that the boot loader can start, and the files it names as they are in the system.
struct BootKernel {
  BootEntry entry;
  std::string file;                  ///< "/boot/vmlinuz-6.1.0"; empty where there is none
  std::vector<std::string> initrds;  ///< in the order of the entry; empty for one that is not there
  std::string release;               ///< "6.1.0-50-amd64"; empty where it is not known
};

/// Where a block device that a configuration names is.
struct Located {
  enum class State {
    here,      ///< on this disk; of a running machine: attached to it
    absent,    ///< not there
    unstable,  ///< named in a way that changes from boot to boot, or with the disk
    unknown,
  };
  State state = State::unknown;
  const DiskVolume* volume = nullptr;  ///< where `here`, if it is a volume of the disk
  std::string why;                     ///< where `unstable` or `unknown`
};

/// Something that the boot loader looks for.
struct LoaderSearch {
  BootSearch search;
  std::string where;  ///< "/boot/grub/grub.cfg:12"
};

/// A Linux that is installed on a disk, or that runs. What stands in large files is read when it is asked
/// for, and kept. Not for use by two threads at once.
struct LinuxSystem {
  std::shared_ptr<SystemTree> tree;
  const DiskContent* disk = nullptr;     ///< null for a running machine; lives as long as this
  const DiskVolume* root = nullptr;      ///< likewise
  std::vector<std::string> other_roots;  ///< names of volumes that hold another Linux, which is not examined

  std::string name;  ///< "Debian GNU/Linux 12 (bookworm)"
  std::string id;    ///< "debian"; with those it is like: "ubuntu debian"
  std::vector<FstabEntry> fstab;
  std::vector<CrypttabEntry> crypttab;
  std::vector<BootKernel> kernels;          ///< every one that a loader can start
  std::vector<LoaderSearch> searches;       ///< of the boot loader
  std::vector<std::string> loaders;         ///< the files of configuration that were found
  std::vector<std::string> not_understood;  ///< "/boot/grub/grub.cfg: its blocks are nested too deeply"

  LinuxSystem();
  ~LinuxSystem();
  LinuxSystem(const LinuxSystem&) = delete;
  LinuxSystem& operator=(const LinuxSystem&) = delete;

  /// What the kernel's initrds hold together. Throws Error(failed) where one cannot be read.
  const Initramfs& initramfs(const BootKernel& kernel) const;
  /// Of /lib/modules/RELEASE; empty where there is none.
  const ModuleIndex& modules(const std::string& release) const;
  Located locate(const DeviceSpec& device) const;
  /// The entry of fstab for a directory; null where there is none.
  const FstabEntry* mounted_at(const std::string& directory) const;
  bool is_like(std::string_view distribution) const;

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

/// The first Linux on the disk, whose content lives as long as the result; null where there is none. Throws
/// Error(failed) where its file systems cannot be read.
std::unique_ptr<LinuxSystem> read_linux_system(const DiskContent& disk);

/// The Linux whose files are in `tree`, of which no disk is known.
std::unique_ptr<LinuxSystem> read_linux_system(std::shared_ptr<SystemTree> tree);

}  // namespace san::os
