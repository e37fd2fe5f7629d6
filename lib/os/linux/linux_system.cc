// SPDX-License-Identifier: Apache-2.0
#include "os/linux/linux_system.h"

#include <algorithm>
#include <cctype>

#include "core/ascii.h"
#include "core/error.h"
#include "os/linux/loaders.h"
#include "os/linux/root.h"
#include "os/linux/text.h"
#include "os/linux/uki.h"

namespace san::os {
namespace {

constexpr std::uint64_t kMaxInitramfs = std::uint64_t{1} << 30;
constexpr std::uint64_t kMaxModuleIndex = std::uint64_t{32} << 20;
using State = Located::State;

std::string text_of(SystemTree& tree, const std::string& path) {
  const auto bytes = tree.read(path, kMaxModuleIndex);
  return bytes ? std::string(as_text(*bytes)) : std::string{};
}

/// Merges the content of several images: the kernel unpacks one over the other.
void merge(Initramfs& all, Initramfs&& more) {
  if (all.segments.empty()) {
    all = std::move(more);
    return;
  }
  all.segments.insert(all.segments.end(), more.segments.begin(), more.segments.end());
  for (auto& [name, size] : more.files) all.files[name] = size;
  for (auto& [name, content] : more.contents) all.contents[name] = std::move(content);
  for (auto& [release, names] : more.modules) all.modules[release].merge(names);
  if (all.damage.empty()) {
    all.damage = std::move(more.damage);
    all.beyond_us = more.beyond_us;
  }
  if (all.tool == InitramfsTool::unknown) all.tool = more.tool;
}

void read_name(LinuxSystem& system) {
  auto text = system.tree->text("/etc/os-release");
  if (!text) text = system.tree->text("/usr/lib/os-release");
  if (!text) return;
  auto values = assignments(*text);
  system.name = values["PRETTY_NAME"].value;
  if (system.name.empty()) system.name = values["NAME"].value;
  system.id = values["ID"].value;
  if (const auto like = values["ID_LIKE"].value; !like.empty()) system.id += " " + like;
}

void read_tables(LinuxSystem& system) {
  if (const auto text = system.tree->text("/etc/fstab")) system.fstab = parse_fstab(*text);
  if (const auto text = system.tree->text("/etc/crypttab")) system.crypttab = parse_crypttab(*text);
}

bool encrypted(const DiskVolume& volume) {
  return volume.type == "luks" || volume.type == "bitlocker";
}

Located locate_live(SystemTree& tree, const DeviceSpec& device) {
  static const std::map<DeviceSpec::Kind, std::string> directories = {
      {DeviceSpec::Kind::uuid, "by-uuid"},
      {DeviceSpec::Kind::label, "by-label"},
      {DeviceSpec::Kind::partuuid, "by-partuuid"},
      {DeviceSpec::Kind::partlabel, "by-partlabel"},
  };
  const auto found = directories.find(device.kind);
  if (found == directories.end()) {
    // A device node is no regular file; if it is missing, /dev may not be that of the machine.
    if (tree.exists(device.text)) return {State::here, nullptr, {}};
    return {State::unknown, nullptr, "there is no " + device.text + " here"};
  }
  const auto entries = tree.list("/dev/disk/" + found->second);
  if (entries.empty()) return {State::unknown, nullptr, "/dev/disk/" + found->second + " is empty"};
  const auto same = [&](const filesystem::DirectoryEntry& entry) {
    const auto name = unescaped(entry.name);
    return same_without_case(name, device.value);
  };
  return {std::ranges::any_of(entries, same) ? State::here : State::absent, nullptr, {}};
}

Located locate_on_disk(const DiskContent& disk, const DeviceSpec& device) {
  if (const auto* volume = find_volume(disk, device)) return {State::here, volume, {}};
  for (const auto& volume : disk.volumes)
    if (encrypted(volume) && device.kind != DeviceSpec::Kind::partuuid &&
        device.kind != DeviceSpec::Kind::partlabel)
      return {State::unknown, nullptr, "it may be inside of " + volume.name + ", which is encrypted"};
  const bool unread_group =
      std::ranges::any_of(disk.volumes, [](const auto& v) { return v.type == "lvm"; }) &&
      std::ranges::none_of(disk.volumes, [](const auto& v) { return !v.logical.empty(); });
  if (unread_group && device.kind != DeviceSpec::Kind::partuuid && device.kind != DeviceSpec::Kind::partlabel)
    return {State::unknown, nullptr, "it may be inside of LVM, which could not be read"};
  return {State::absent, nullptr, {}};
}

}  // namespace

struct LinuxSystem::Kept {
  std::map<std::vector<std::string>, Initramfs> initramfs;
  std::map<std::string, ModuleIndex> modules;
};

LinuxSystem::LinuxSystem() : kept_(std::make_unique<Kept>()) {}
LinuxSystem::~LinuxSystem() = default;

const Initramfs& LinuxSystem::initramfs(const BootKernel& kernel) const {
  const auto kept = kept_->initramfs.find(kernel.initrds);
  if (kept != kept_->initramfs.end()) return kept->second;
  Initramfs all;
  for (const auto& file : kernel.initrds) {
    const auto bytes = file.empty() ? std::nullopt : tree->read(file, kMaxInitramfs);
    if (!bytes) continue;
    std::span<const std::byte> image(*bytes);
    if (kernel.entry.loader == "UKI")
      image = pe_section(image, ".initrd").value_or(std::span<const std::byte>());
    merge(all, read_initramfs(image));
  }
  return kept_->initramfs.emplace(kernel.initrds, std::move(all)).first->second;
}

const ModuleIndex& LinuxSystem::modules(const std::string& release) const {
  const auto kept = kept_->modules.find(release);
  if (kept != kept_->modules.end()) return kept->second;
  ModuleIndex index;
  const auto directory = "/lib/modules/" + release;
  if (!release.empty() && tree->exists(directory)) {
    add_modules_dep(text_of(*tree, directory + "/modules.dep"), index);
    add_modules_builtin(text_of(*tree, directory + "/modules.builtin"), index);
    add_modules_alias(text_of(*tree, directory + "/modules.alias"), index);
    add_builtin_modinfo(text_of(*tree, directory + "/modules.builtin.modinfo"), index);
  }
  return kept_->modules.emplace(release, std::move(index)).first->second;
}

Located LinuxSystem::locate(const DeviceSpec& device) const {
  using Kind = DeviceSpec::Kind;
  // A device opened by crypttab is where its container is, which may be inside of another one.
  const auto* spec = &device;
  for (unsigned levels = 0; spec->kind == Kind::mapper || spec->kind == Kind::logical; ++levels) {
    const auto opened = std::ranges::find_if(
        crypttab, [&](const auto& entry) { return spec->text == "/dev/mapper/" + entry.name; });
    if (opened == crypttab.end()) break;
    if (levels == 8) return {State::unknown, nullptr, "crypttab is circular"};
    spec = &opened->device;
  }
  switch (spec->kind) {
    case Kind::network:
    case Kind::nothing:
      return {State::here, nullptr, {}};
    case Kind::kernel_name:
      return {State::unstable, nullptr,
              "the kernel gives such names in the order in which it finds the disks"};
    case Kind::by_path:
      return {State::unstable, nullptr, "it says where the disk was attached"};
    case Kind::by_id:
      for (const auto* bus : {"ata-", "nvme-", "usb-", "mmc-", "virtio-"})
        if (spec->value.starts_with(bus))
          return {State::unstable, nullptr, "it is the name of the local disk"};
      return {State::unknown, nullptr, "it is a name that comes from the disk or the LUN itself"};
    case Kind::mapper:
      return {State::unknown, nullptr, "what makes that device is not known"};
    case Kind::other:
      return {State::unknown, nullptr, "that kind of name is not understood"};
    case Kind::logical:
    case Kind::uuid:
    case Kind::label:
    case Kind::partuuid:
    case Kind::partlabel:
      break;
  }
  return disk == nullptr ? locate_live(*tree, *spec) : locate_on_disk(*disk, *spec);
}

const FstabEntry* LinuxSystem::mounted_at(const std::string& directory) const {
  const auto found = std::ranges::find(fstab, directory, &FstabEntry::directory);
  return found == fstab.end() ? nullptr : &*found;
}

bool LinuxSystem::is_like(std::string_view distribution) const {
  const auto names = blank_separated(id);
  return std::ranges::find(names, distribution) != names.end();
}

std::unique_ptr<LinuxSystem> read_linux_system(const DiskContent& disk) {
  auto roots = find_roots(disk);
  if (roots.empty()) return nullptr;
  auto system = std::make_unique<LinuxSystem>();
  system->disk = &disk;
  system->root = roots[0].volume;
  for (std::size_t i = 1; i < roots.size(); ++i) system->other_roots.push_back(roots[i].volume->name);
  system->tree = std::make_shared<SystemTree>(roots[0].tree);
  read_tables(*system);
  const auto directories = mount_others(*system);
  read_name(*system);
  read_loaders(*system, directories);
  return system;
}

std::unique_ptr<LinuxSystem> read_linux_system(std::shared_ptr<SystemTree> tree) {
  auto system = std::make_unique<LinuxSystem>();
  system->tree = std::move(tree);
  read_tables(*system);
  read_name(*system);
  read_loaders(*system, {});
  return system;
}

}  // namespace san::os
