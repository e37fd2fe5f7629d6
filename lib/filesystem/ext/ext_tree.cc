// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "filesystem/ext/ext_driver.h"
#include "filesystem/ext/ext_io.h"
#include "filesystem/ext/ext_super.h"
#include "filesystem/volume/file_runs.h"
#include "filesystem/volume/node_tree.h"

// Files of ext2, ext3 and ext4 through libext2fs, the reference implementation: it knows extents, hashed and
// large directories, inline data, checksums and their seeds. Layout: Linux, Documentation/filesystems/ext4.

namespace san::filesystem {
namespace {

constexpr std::size_t kMaxLink = 4096;              // PATH_MAX
constexpr std::size_t kMaxSlots = kMaxEntries * 4;  // entries and gaps of a directory

/// Entries that the walk through a directory collects.
struct Walk {
  std::vector<NodeEntry> entries;
  std::vector<std::uint8_t> types;
  std::size_t slots = 0;
  bool too_many = false;
};

int collect(ext2_ino_t, int, struct ext2_dir_entry* entry, int, int, char*, void* context) {
  Walk& walk = *static_cast<Walk*>(context);
  if (++walk.slots > kMaxSlots || walk.entries.size() >= kMaxEntries) {
    walk.too_many = true;
    return DIRENT_ABORT;
  }
  if (entry->inode == 0) return 0;
  const std::string name(entry->name, static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
  if (name == "." || name == ".." || name.empty()) return 0;
  walk.types.push_back(static_cast<std::uint8_t>(ext2fs_dirent_file_type(entry)));
  walk.entries.push_back({name, entry->inode, FileInfo::Kind::other});
  return 0;
}

class ExtReader final : public NodeReader {
 public:
  explicit ExtReader(std::unique_ptr<Volume> volume) : volume_(std::move(volume)) {
    check_ext_size(*volume_);
    fs_ = open_ext(*volume_, failure_);
  }

  std::uint64_t root() override { return EXT2_ROOT_INO; }

  FileInfo info(std::uint64_t node) override {
    const ext2_inode_large inode = this->inode(node);
    FileInfo info;
    info.kind = kind_of_mode(inode.i_mode);
    info.size = EXT2_I_SIZE(&inode);
    // Linux, ext4/inodes.rst, "Inode Timestamps": two more bits of seconds.
    info.mtime = static_cast<std::int32_t>(inode.i_mtime);
    if (EXT2_INODE_SIZE(fs_->super) > EXT2_GOOD_OLD_INODE_SIZE &&
        inode.i_extra_isize >= offsetof(ext2_inode_large, i_mtime_extra) + 4 - EXT2_GOOD_OLD_INODE_SIZE)
      info.mtime += static_cast<std::int64_t>(inode.i_mtime_extra & 3U) << 32;
    info.mode = inode.i_mode & 07777U;
    return info;
  }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    const ext2_inode_large inode = this->inode(node);
    refuse_encrypted(inode);
    Walk walk;
    check(ext2fs_dir_iterate2(fs_.get(), number(node), DIRENT_FLAG_INCLUDE_EMPTY, nullptr, collect, &walk),
          "directory");
    if (walk.too_many) throw_inconsistent("directory", "it has more entries than can be");
    for (std::size_t i = 0; i < walk.entries.size(); ++i)
      walk.entries[i].kind = kind(walk.types[i], walk.entries[i].node);
    return std::move(walk.entries);
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    ext2_inode_large inode = this->inode(node);
    refuse_encrypted(inode);
    if ((inode.i_flags & EXT4_INLINE_DATA_FL) != 0) return read_inline(node, offset, into);
    const std::uint64_t block = fs_->blocksize;
    std::vector<FileRun> runs;
    for (std::uint64_t at = offset / block; at * block < offset + into.size(); ++at) {
      blk64_t place = 0;
      int flags = 0;
      check(ext2fs_bmap2(fs_.get(), number(node), plain(inode), nullptr, 0, at, &flags, &place),
            "map of blocks");
      if (place == 0 || (flags & BMAP_RET_UNINIT) != 0) continue;
      if (place >= ext2fs_blocks_count(fs_->super))
        throw_inconsistent("map of blocks", "it points outside of the file system");
      add_run(runs, {at * block, block, place * block});
    }
    read_runs(*volume_, runs, offset, into);
  }

  std::string link(std::uint64_t node) override {
    ext2_inode_large inode = this->inode(node);
    refuse_encrypted(inode);
    const std::uint64_t size = EXT2_I_SIZE(&inode);
    if (size > kMaxLink) throw_inconsistent("symbolic link", "it is longer than a path may be");
    std::string target(size, '\0');
    if (ext2fs_is_fast_symlink(plain(inode)) != 0) {
      if (size > sizeof inode.i_block) throw_inconsistent("symbolic link", "it is longer than its place");
      std::memcpy(target.data(), inode.i_block, size);
    } else {
      read(node, 0, std::as_writable_bytes(std::span(target)));
    }
    return target.substr(0, target.find('\0'));
  }

 private:
  static ext2_ino_t number(std::uint64_t node) { return static_cast<ext2_ino_t>(node); }
  /// libext2fs takes the first 128 bytes of either.
  static ext2_inode* plain(ext2_inode_large& inode) { return reinterpret_cast<ext2_inode*>(&inode); }

  void check(errcode_t code, const char* what) {
    if (code != 0 || failure_) throw_ext(code, what, failure_);
  }

  ext2_inode_large inode(std::uint64_t node) {
    ext2_inode_large inode = {};
    check(ext2fs_read_inode_full(fs_.get(), number(node), plain(inode), sizeof inode), "inode");
    return inode;
  }

  void refuse_encrypted(const ext2_inode_large& inode) {
    if ((inode.i_flags & EXT4_ENCRYPT_FL) != 0) throw MetadataError{"it is encrypted (fscrypt)"};
  }

  /// The type in the entry, else, without the feature filetype, that of the inode.
  FileInfo::Kind kind(std::uint8_t type, std::uint64_t node) {
    switch (type) {
      case EXT2_FT_REG_FILE:
        return FileInfo::Kind::file;
      case EXT2_FT_DIR:
        return FileInfo::Kind::directory;
      case EXT2_FT_SYMLINK:
        return FileInfo::Kind::symlink;
      case EXT2_FT_UNKNOWN:
        return kind_of_mode(inode(node).i_mode);
      default:
        return FileInfo::Kind::other;
    }
  }

  void read_inline(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) {
    std::size_t size = 0;
    check(ext2fs_inline_data_size(fs_.get(), number(node), &size), "inline data");
    if (size > 2 * static_cast<std::size_t>(EXT2_INODE_SIZE(fs_->super)))
      throw_inconsistent("inline data", "it is larger than an inode");
    std::vector<std::byte> bytes(std::max<std::size_t>(size, 1));
    check(ext2fs_inline_data_get(fs_.get(), number(node), nullptr, bytes.data(), &size), "inline data");
    std::ranges::fill(into, std::byte{0});
    if (offset < size)
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                  std::min<std::size_t>(into.size(), size - offset), into.begin());
  }

  std::unique_ptr<Volume> volume_;
  std::exception_ptr failure_;
  ExtFs fs_;
};

}  // namespace

std::unique_ptr<NodeReader> ext_reader(std::unique_ptr<Volume> volume) {
  return std::make_unique<ExtReader>(std::move(volume));
}

}  // namespace san::filesystem
