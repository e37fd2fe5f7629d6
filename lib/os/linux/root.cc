// SPDX-License-Identifier: Apache-2.0
#include "os/linux/root.h"

#include <algorithm>

namespace san::os {
namespace {

/// The files below a directory of another tree: a subvolume.
class Subtree : public filesystem::FileTree {
 public:
  Subtree(std::shared_ptr<filesystem::FileTree> whole, std::string directory)
      : whole_(std::move(whole)), directory_(std::move(directory)), name_(whole_->name() + directory_) {}

  const std::string& name() const override { return name_; }
  std::optional<filesystem::FileInfo> info(const std::string& path) override {
    return whole_->info(inside(path));
  }
  std::vector<filesystem::DirectoryEntry> list(const std::string& path) override {
    return whole_->list(inside(path));
  }
  std::vector<std::byte> read(const std::string& path, std::uint64_t offset, std::uint64_t length) override {
    return whole_->read(inside(path), offset, length);
  }
  std::string link(const std::string& path) override { return whole_->link(inside(path)); }

 private:
  std::string inside(const std::string& path) const { return path == "/" ? directory_ : directory_ + path; }

  std::shared_ptr<filesystem::FileTree> whole_;
  std::string directory_, name_;
};

bool holds_linux(filesystem::FileTree& tree, const std::string& directory) {
  const bool settings = tree.info(directory + "/etc/fstab") || tree.info(directory + "/etc/os-release") ||
                        tree.info(directory + "/usr/lib/os-release");
  return settings && tree.info(directory + "/usr").has_value();
}

/// Names that the installers of Fedora, Ubuntu, Debian and openSUSE give to the subvolume that is "/".
constexpr const char* kSubvolumes[] = {"/root", "/@", "/@rootfs", "/@/.snapshots/1/snapshot"};

std::shared_ptr<filesystem::FileTree> subvolume(const DiskVolume& volume, std::string name) {
  if (name.empty() || volume.type != "btrfs") return volume.files;
  if (!name.starts_with('/')) name.insert(0, "/");
  return volume.files->info(name) ? std::make_shared<Subtree>(volume.files, name) : volume.files;
}

bool is_esp(const DiskVolume& volume) {
  // UEFI 2.10, 5.3.3; and the type byte of an MBR.
  return volume.entry.type_id == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b" || volume.entry.type_id == "0xef";
}

bool is_boot(filesystem::FileTree& tree) {
  return tree.info("/grub/grub.cfg") || tree.info("/grub2/grub.cfg") || tree.info("/loader/entries");
}

}  // namespace

std::vector<LinuxRoot> find_roots(const DiskContent& disk) {
  std::vector<LinuxRoot> roots;
  for (const auto& volume : disk.volumes) {
    if (!volume.files) continue;
    if (holds_linux(*volume.files, "")) {
      roots.push_back({&volume, volume.files});
      continue;
    }
    if (volume.type != "btrfs") continue;
    for (const auto* name : kSubvolumes) {
      if (!holds_linux(*volume.files, name)) continue;
      roots.push_back({&volume, std::make_shared<Subtree>(volume.files, name)});
      break;
    }
  }
  return roots;
}

std::map<const DiskVolume*, std::string> mount_others(LinuxSystem& system) {
  std::map<const DiskVolume*, std::string> directories{{system.root, "/"}};
  auto entries = system.fstab;
  std::ranges::stable_sort(entries, {}, [](const auto& entry) { return entry.directory.size(); });
  for (const auto& entry : entries) {
    if (!entry.directory.starts_with('/') || entry.directory == "/") continue;
    const auto* volume = find_volume(*system.disk, entry.device);
    if (volume == nullptr || !volume->files || (volume == system.root && volume->type != "btrfs")) continue;
    const auto name = entry.option("subvol");
    // The root's own subvolumes are directories of other names.
    if (volume == system.root && name.empty()) continue;
    system.tree->mount(entry.directory, subvolume(*volume, name));
    directories.emplace(volume, entry.directory);
  }
  for (const auto& volume : system.disk->volumes) {
    if (!volume.files || directories.contains(&volume)) continue;
    const auto taken = [&](std::string_view directory) {
      return std::ranges::any_of(directories, [&](const auto& known) { return known.second == directory; });
    };
    std::string directory;
    if (is_esp(volume))
      directory = "/boot/efi";
    else if (is_boot(*volume.files))
      directory = "/boot";
    if (directory.empty() || taken(directory)) continue;
    system.tree->mount(directory, volume.files);
    directories.emplace(&volume, directory);
  }
  return directories;
}

}  // namespace san::os
