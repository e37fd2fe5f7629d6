// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <unordered_map>

#include "core/units.h"
#include "filesystem/btrfs/btrfs_decompress.h"
#include "filesystem/btrfs/btrfs_driver.h"
#include "filesystem/btrfs/btrfs_volume.h"
#include "filesystem/volume/file_path.h"
#include "filesystem/volume/node_tree.h"

// Data that fsync() has put into the log tree alone are not seen, as a journal is not replayed. Checksums of
// data are not looked at; those of metadata are.

namespace san::filesystem {
namespace {

using btrfs::DirEntry;
using btrfs::ExtentLocation;
using btrfs::FileExtent;
using btrfs::Inode;
using btrfs::kDirIndex;
using btrfs::kDirItem;
using btrfs::kExtentData;
using btrfs::kFirstFree;
using btrfs::kInodeItem;
using btrfs::kRootBackref;
using btrfs::kRootItem;
using btrfs::kTopSubvolume;
using btrfs::Root;

constexpr std::uint64_t kMaxLink = 4096;
constexpr std::uint64_t kMaxPacked = MiB;        // of a compressed extent; Linux makes them of 128 KiB
constexpr std::uint64_t kMaxExtent = 256 * MiB;  // fallocate() makes the largest
constexpr std::uint64_t kNoInode = 0;            // an empty directory where a subvolume is not
constexpr std::uint64_t kMax = ~std::uint64_t{0};

struct File {
  std::uint64_t subvolume = 0, inode = 0;
  auto operator<=>(const File&) const = default;
};

FileInfo::Kind kind_of_type(std::uint8_t type) {  // BTRFS_FT
  switch (type) {
    case 1:
      return FileInfo::Kind::file;
    case 2:
      return FileInfo::Kind::directory;
    case 7:
      return FileInfo::Kind::symlink;
    default:
      return FileInfo::Kind::other;
  }
}

class BtrfsReader final : public NodeReader {
 public:
  BtrfsReader(std::unique_ptr<Volume> volume, const FileTreeOptions& options)
      : volume_(std::move(volume)), trees_(*volume_) {
    if (options.subvolume.empty())
      root_ = number({default_subvolume(), kFirstFree});
    else
      root_ = options.subvolume_is_id ? by_id(options.subvolume) : by_path(options.subvolume);
  }

  std::uint64_t root() override { return root_; }

  FileInfo info(std::uint64_t node) override {
    const File file = files_.at(node);
    FileInfo info;
    info.kind = FileInfo::Kind::directory;
    if (file.inode == kNoInode) return info;
    const Inode inode = this->inode(file);
    info.kind = kind_of_mode(inode.mode);
    info.size = inode.size;
    info.mtime = static_cast<std::int64_t>(std::uint64_t{inode.modified});
    info.mode = inode.mode & 07777U;
    return info;
  }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    const File directory = files_.at(node);
    std::vector<NodeEntry> entries;
    std::vector<BtrfsKey> locations;
    if (directory.inode == kNoInode) return entries;
    trees_.each(tree(directory.subvolume), {directory.inode, kDirIndex, std::uint64_t{0}},
                {directory.inode, kDirIndex, kMax}, [&](const BtrfsKey&, std::span<const std::byte> item) {
                  const auto entry = read_at<DirEntry>(item, 0);
                  if (!entry || entry->name_size > item.size() - sizeof(DirEntry))
                    throw_inconsistent("directory", "an entry that cannot be");
                  if (entries.size() >= kMaxEntries)
                    throw_inconsistent("directory", "it has more entries than can be");
                  const auto name = item.subspan(sizeof(DirEntry), entry->name_size);
                  entries.push_back({{reinterpret_cast<const char*>(name.data()), name.size()},
                                     0,
                                     kind_of_type(entry->type & 0x7f)});
                  locations.push_back(entry->location);
                  return true;
                });
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i].node = follow(directory, locations[i]);
    return entries;
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    const File file = files_.at(node);
    std::ranges::fill(into, std::byte{0});
    const std::uint64_t from = offset > kMaxExtent ? offset - kMaxExtent : 0;
    trees_.each(tree(file.subvolume), {file.inode, kExtentData, from},
                {file.inode, kExtentData, offset + into.size()},
                [&](const BtrfsKey& key, std::span<const std::byte> item) {
                  copy_extent(key.offset, item, offset, into);
                  return true;
                });
  }

  std::string link(std::uint64_t node) override {
    const FileInfo info = this->info(node);
    if (info.size > kMaxLink) throw_inconsistent("symbolic link", "it is longer than a path may be");
    std::string target(info.size, '\0');
    read(node, 0, std::as_writable_bytes(std::span(target)));
    return target;
  }

 private:
  std::uint64_t number(const File& file) {
    const auto [at, fresh] = numbers_.try_emplace(file, files_.size());
    if (fresh) files_.push_back(file);
    return at->second;
  }

  /// The tree of a subvolume; nothing where there is none of that number.
  std::optional<BtrfsRoot> find_tree(std::uint64_t subvolume) {
    if (const auto at = subvolumes_.find(subvolume); at != subvolumes_.end()) return at->second;
    std::optional<BtrfsRoot> found;
    trees_.each(trees_.root_tree(), {subvolume, kRootItem, std::uint64_t{0}}, {subvolume, kRootItem, kMax},
                [&](const BtrfsKey&, std::span<const std::byte> item) {
                  const auto root = read_at<Root>(item, 0);
                  if (!root) throw_inconsistent("tree of roots", "an item is too short");
                  found = BtrfsRoot{root->logical, root->generation, root->level};
                  return true;
                });
    if (found) subvolumes_[subvolume] = *found;
    return found;
  }

  BtrfsRoot tree(std::uint64_t subvolume) {
    const auto found = find_tree(subvolume);
    if (!found) throw_inconsistent("tree of roots", "a subvolume is missing");
    return *found;
  }

  Inode inode(const File& file) {
    std::optional<Inode> found;
    trees_.each(tree(file.subvolume), {file.inode, kInodeItem, std::uint64_t{0}},
                {file.inode, kInodeItem, std::uint64_t{0}},
                [&](const BtrfsKey&, std::span<const std::byte> item) {
                  found = read_at<Inode>(item, 0);
                  return true;
                });
    if (!found) throw_inconsistent("tree", "an inode is missing");
    return *found;
  }

  /// Returns the target of an entry of a directory: a file, or another subvolume. In a snapshot, the
  /// subvolumes below are empty directories: they are at home elsewhere.
  std::uint64_t follow(const File& directory, const BtrfsKey& location) {
    if (location.type != kRootItem) return number({directory.subvolume, location.object});
    bool at_home = false;
    trees_.each(trees_.root_tree(), {location.object, kRootBackref, directory.subvolume},
                {location.object, kRootBackref, directory.subvolume},
                [&](const BtrfsKey&, std::span<const std::byte> item) {
                  at_home = read_at<le64>(item, 0).value_or(0) == directory.inode;
                  return true;
                });
    return at_home ? number({location.object, kFirstFree}) : number({directory.subvolume, kNoInode});
  }

  std::uint64_t default_subvolume() {
    std::uint64_t found = kTopSubvolume;
    trees_.each(trees_.root_tree(), {trees_.super().root_directory, kDirItem, std::uint64_t{0}},
                {trees_.super().root_directory, kDirItem, kMax},
                [&](const BtrfsKey&, std::span<const std::byte> item) {
                  const auto entry = read_at<DirEntry>(item, 0);
                  const std::string_view wanted = "default";
                  if (entry && entry->name_size == wanted.size() &&
                      item.size() >= sizeof(DirEntry) + wanted.size() &&
                      std::memcmp(item.data() + sizeof(DirEntry), wanted.data(), wanted.size()) == 0)
                    found = entry->location.object;
                  return true;
                });
    return found;
  }

  std::uint64_t by_id(const std::string& text) {
    std::uint64_t id = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (fault != std::errc{} || end != text.data() + text.size())
      throw MetadataError{"not the number of a subvolume: " + text};
    if (id == 0) id = kTopSubvolume;  // btrfs(5): subvolid=0 is an alias
    if ((id != kTopSubvolume && id < kFirstFree) || !find_tree(id))
      throw MetadataError{"it has no subvolume of the number " + text};
    return number({id, kFirstFree});
  }

  /// From the top-level subvolume on, whichever is the default.
  std::uint64_t by_path(const std::string& path) {
    std::uint64_t node = number({kTopSubvolume, kFirstFree});
    for (const std::string& name : path_components(path).value_or(std::vector<std::string>{".."})) {
      std::optional<std::uint64_t> next;
      for (const NodeEntry& entry : entries(node))
        if (entry.name == name && entry.kind == FileInfo::Kind::directory) next = entry.node;
      if (!next) throw MetadataError{"it has no subvolume " + path};
      node = *next;
    }
    if (files_.at(node).inode != kFirstFree) throw MetadataError{"it has no subvolume " + path};
    return node;
  }

  void copy_extent(std::uint64_t start, std::span<const std::byte> item, std::uint64_t offset,
                   std::span<std::byte> into) {
    const auto head = read_at<FileExtent>(item, 0);
    if (!head) throw_inconsistent("tree", "an extent is too short");
    if (head->encryption != 0 || head->encoding != 0) throw MetadataError{"it is encrypted"};
    if (head->type == 2) return;
    const std::size_t sector = trees_.super().sector;
    std::vector<std::byte> bytes;
    const auto hand_over = [&](std::span<const std::byte> content) {
      const std::uint64_t from = std::max(start, offset),
                          to = std::min(start + content.size(), offset + into.size());
      if (from < to)
        std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(from - start), to - from,
                    into.begin() + static_cast<std::ptrdiff_t>(from - offset));
    };
    if (head->type == 0) {
      const auto stored = item.subspan(sizeof(FileExtent));
      if (head->compression == 0) return hand_over(stored);
      if (head->unpacked > kMaxPacked) throw_inconsistent("tree", "an extent is larger than can be");
      bytes.resize(head->unpacked);
      btrfs_decompress(head->compression, stored, bytes, sector);
      return hand_over(bytes);
    }
    const auto location = read_at<ExtentLocation>(item, sizeof(FileExtent));
    if (!location || location->size > kMax - start) throw_inconsistent("tree", "an extent that cannot be");
    const std::uint64_t from = std::max(start, offset),
                        to = std::min(start + location->size, offset + into.size());
    if (location->logical == 0 || from >= to) return;
    if (head->compression == 0) {
      if (location->offset > location->stored || location->size > location->stored - location->offset)
        throw_inconsistent("tree", "an extent that cannot be");
      return trees_.read_data(
          location->logical + location->offset + (from - start),
          into.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from)));
    }
    if (head->unpacked > kMaxPacked || location->stored > kMaxPacked || location->offset > head->unpacked ||
        location->size > head->unpacked - location->offset)
      throw_inconsistent("tree", "an extent that cannot be");
    std::vector<std::byte> stored(location->stored);
    trees_.read_data(location->logical, stored);
    bytes.resize(head->unpacked);
    btrfs_decompress(head->compression, stored, bytes, sector);
    hand_over(std::span(bytes).subspan(location->offset, location->size));
  }

  std::unique_ptr<Volume> volume_;
  BtrfsVolume trees_;
  std::vector<File> files_;
  std::map<File, std::uint64_t> numbers_;
  std::unordered_map<std::uint64_t, BtrfsRoot> subvolumes_;
  std::uint64_t root_ = 0;
};

}  // namespace

std::unique_ptr<NodeReader> btrfs_reader(std::unique_ptr<Volume> volume, const FileTreeOptions& options) {
  return std::make_unique<BtrfsReader>(std::move(volume), options);
}

}  // namespace san::filesystem
