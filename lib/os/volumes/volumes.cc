// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/volumes.h"

#include <fmt/core.h>

#include <algorithm>

#include "filesystem/disk_table.h"
#include "filesystem/open_file_tree.h"
#include "filesystem/probe.h"
#include "os/volumes/lvm_group.h"

namespace san::os {
namespace {

/// The range of a device that holds a file system.
struct Place {
  std::shared_ptr<ReadableDevice> device;
  std::uint64_t offset = 0, length = 0;
  std::string name;
};

std::shared_ptr<filesystem::FileTree> open_tree(const Place& place, const std::string& subvolume,
                                                bool is_id) {
  struct Kept {
    std::shared_ptr<ReadableDevice> device;
    std::unique_ptr<filesystem::FileTree> tree;
  };
  auto kept = std::make_shared<Kept>();
  kept->device = place.device;
  kept->tree =
      filesystem::open_file_tree(*place.device, place.offset, place.length,
                                 {.where = place.name, .subvolume = subvolume, .subvolume_is_id = is_id});
  return {kept, kept->tree.get()};
}

/// Returns the reason why `found` has no readable files; empty if it may have some.
std::string why_no_files(const filesystem::Probe& found) {
  if (found.driver == nullptr) return found.copy_whole_reason;
  if (found.driver->open_files != nullptr) return {};
  if (found.driver->why_no_files != nullptr) return found.driver->why_no_files;
  return "holds " + found.type + ", whose files cannot be read here";
}

/// Fills in the fields that the content determines.
void examine(DiskVolume& volume, const Place& place) try {
  const filesystem::Probe found = filesystem::probe(*place.device, place.offset, place.length);
  volume.type = found.type.substr(0, found.type.find(' '));
  volume.uuid = found.uuid;
  volume.label = found.label;
  volume.why_none = why_no_files(found);
  if (!volume.why_none.empty()) return;
  volume.files = open_tree(place, {}, false);
  if (std::string label = volume.files->label(); !label.empty()) volume.label = std::move(label);
  if (found.type == "btrfs")
    volume.open_subvolume = [place](const std::string& subvolume, bool is_id) {
      return open_tree(place, subvolume, is_id);
    };
} catch (const Error& error) {
  if (error.code() == Exit::interrupted) throw;
  volume.why_none = error.cause();
}

/// The caller's device, which outlives everything.
std::shared_ptr<ReadableDevice> not_owned(ReadableDevice& device) {
  return {std::shared_ptr<void>(), &device};
}

/// The logical volumes on the physical ones that were found.
void add_logical_volumes(DiskContent& content, ReadableDevice& device) {
  std::vector<LvmPhysical> members;
  for (DiskVolume& volume : content.volumes) {
    if (volume.type != "lvm") continue;
    auto member = read_lvm_physical(device, volume.entry.offset, volume.entry.length);
    if (!member) continue;
    volume.uuid = member->uuid;
    if (!member->fault.empty()) volume.why_none += ", but " + member->fault;
    members.push_back(std::move(*member));
  }
  for (LvmLogical& logical : lvm_logical_volumes(members)) {
    DiskVolume volume;
    volume.name = logical.group + "/" + logical.name;
    volume.group = logical.group;
    volume.logical = logical.name;
    volume.entry.length = logical.size;
    volume.type = "unknown";
    volume.why_none = logical.why_none;
    if (!logical.segments.empty()) {
      auto view = mapped_device(device, device.name() + ", " + volume.name, std::move(logical.segments));
      const std::uint64_t size = view->size();
      examine(volume, {std::move(view), 0, size, {}});
    }
    content.volumes.push_back(std::move(volume));
  }
}

}  // namespace

DiskContent read_disk_content(ReadableDevice& device) {
  DiskContent content;
  content.size = device.size();
  content.logical_block = device.limits().logical_block;
  content.table = filesystem::read_disk_table(device);
  if (content.table.kind == partition::TableKind::none) {
    DiskVolume whole;
    whole.name = "whole device";
    whole.entry.length = device.size();
    examine(whole, {not_owned(device), 0, device.size(), {}});
    content.volumes.push_back(std::move(whole));
  }
  for (const partition::Partition& entry : content.table.partitions) {
    if (entry.extended) continue;
    DiskVolume volume;
    volume.name = fmt::format("partition {}", entry.number);
    volume.entry = entry;
    volume.type = "unknown";
    if (entry.length == 0 || entry.end() > device.size())
      volume.why_none = "does not lie on the device";
    else
      examine(volume, {not_owned(device), entry.offset, entry.length, volume.name});
    content.volumes.push_back(std::move(volume));
  }
  add_logical_volumes(content, device);
  return content;
}

}  // namespace san::os
