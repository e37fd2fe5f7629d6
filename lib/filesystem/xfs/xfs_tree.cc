// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/crc32c.h"
#include "core/units.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/xfs/xfs_driver.h"
#include "filesystem/xfs/xfs_inode.h"

// References: "XFS Algorithms & Data Structures", 3rd edition: chapters "Directories" and "Symbolic Links".

namespace san::filesystem {
namespace {

constexpr std::uint64_t kMaxLink = 1024;  // XFS_SYMLINK_MAXLEN
constexpr std::uint8_t kNoType = 0xff;

std::string text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class XfsReader final : public NodeReader {
 public:
  explicit XfsReader(std::unique_ptr<Volume> volume) : volume_(std::move(volume)), inodes_(*volume_) {}

  std::uint64_t root() override { return inodes_.root(); }

  FileInfo info(std::uint64_t node) override {
    const XfsInode core = inodes_.read(node).core;
    FileInfo info;
    info.kind = kind_of_mode(core.mode);
    info.size = core.size;
    info.mode = core.mode & 07777U;
    const std::uint64_t time = core.modified;
    // "Timestamps": nanoseconds since the least second of 32 bits, or seconds and nanoseconds.
    if (core.version == 3 && (core.flags2 & 0x8) != 0)
      info.mtime = static_cast<std::int64_t>(time / 1'000'000'000) - (std::int64_t{1} << 31);
    else
      info.mtime = static_cast<std::int32_t>(time >> 32);
    return info;
  }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    const auto file = inodes_.read(node);
    std::vector<NodeEntry> entries;
    if (file.core.format == 1)
      short_form(file, entries);
    else
      blocks(file, entries);
    return entries;
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    const auto file = inodes_.read(node);
    read_runs(*volume_, inodes_.runs(file, offset, offset + into.size()), offset, into);
  }

  std::string link(std::uint64_t node) override {
    const auto file = inodes_.read(node);
    const std::uint64_t size = file.core.size;
    if (size > kMaxLink) throw_inconsistent("symbolic link", "it is longer than links are");
    if (file.core.format == 1) {
      if (size > file.fork.size()) throw_inconsistent("symbolic link", "it is longer than its place");
      return text(std::span(file.fork).first(size));
    }
    std::string target;
    for (const FileRun& run : inodes_.runs(file, 0, 64 * KiB)) {
      std::size_t at = 0;
      if (inodes_.v5()) {
        if (volume_->get<XfsLinkHeader>(*run.volume_offset, "symbolic link").magic != kXfsLinkMagic)
          throw_inconsistent("symbolic link", "a block of it is none");
        at = sizeof(XfsLinkHeader);
      }
      std::vector<std::byte> bytes(std::min<std::uint64_t>(run.length - at, size - target.size()));
      volume_->read(*run.volume_offset + at, bytes, "symbolic link");
      target += text(bytes);
    }
    if (target.size() != size) throw_inconsistent("symbolic link", "it has fewer blocks than it needs");
    return target;
  }

 private:
  void add(std::vector<NodeEntry>& entries, std::span<const std::byte> name, std::uint64_t node,
           std::uint8_t type) {
    const std::string text = filesystem::text(name);
    if (text.empty() || text == "." || text == "..") return;
    if (entries.size() >= kMaxEntries) throw_inconsistent("directory", "it has more entries than can be");
    auto kind = FileInfo::Kind::other;
    switch (type) {  // XFS_DIR3_FT
      case 1:
        kind = FileInfo::Kind::file;
        break;
      case 2:
        kind = FileInfo::Kind::directory;
        break;
      case 7:
        kind = FileInfo::Kind::symlink;
        break;
      case kNoType:
        kind = kind_of_mode(inodes_.read(node).core.mode);
        break;
      default:
        break;
    }
    entries.push_back({text, node, kind});
  }

  void short_form(const XfsInodes::File& file, std::vector<NodeEntry>& entries) {
    const std::span<const std::byte> bytes = file.fork;
    const auto head = read_at<XfsShortHeader>(bytes, 0);
    const std::size_t width = head && head->wide != 0 ? 8 : 4, types = inodes_.has_types() ? 1 : 0;
    std::size_t at = sizeof(XfsShortHeader) + width;
    for (unsigned i = 0; head && i < head->count; ++i) {
      // Length of the name, a place that only matters to readdir(), the name, the type, the number.
      const auto length = read_at<std::uint8_t>(bytes, at).value_or(0);
      const std::size_t name = at + 3, type = name + length, number = type + types;
      at = number + width;
      if (length == 0 || at > bytes.size()) throw_inconsistent("directory", "an entry lies outside of it");
      const std::uint64_t node = width == 8 ? std::uint64_t{*read_at<be64>(bytes, number)}
                                            : std::uint64_t{*read_at<be32>(bytes, number)};
      add(entries, bytes.subspan(name, length), node,
          types != 0 ? *read_at<std::uint8_t>(bytes, type) : kNoType);
    }
  }

  void blocks(const XfsInodes::File& file, std::vector<NodeEntry>& entries) {
    const std::uint64_t size = inodes_.directory_block();
    const auto runs = inodes_.runs(file, 0, kXfsDirLeafOffset);
    std::vector<std::byte> block(size);
    std::uint64_t next = 0;  // blocks of a directory may consist of several runs
    for (const FileRun& run : runs) {
      for (std::uint64_t at = std::max(next, round_down(run.logical, size)); at < run.end(); at += size) {
        read_runs(*volume_, runs, at, block);
        parse(block, entries);
        next = at + size;
      }
    }
  }

  void parse(std::span<const std::byte> block, std::vector<NodeEntry>& entries) {
    const std::uint32_t magic = *read_at<be32>(block, 0);
    const bool single = magic == (inodes_.v5() ? kXfsDirBlockCrcMagic : kXfsDirBlockMagic);
    if (!single && magic != (inodes_.v5() ? kXfsDirDataCrcMagic : kXfsDirDataMagic))
      throw_inconsistent("directory", "a block of it is none");
    if (inodes_.v5() && crc32c(block, kXfsDirCrcOffset) != *read_at<le32>(block, kXfsDirCrcOffset))
      throw_inconsistent("directory", "a checksum is wrong");
    std::size_t end = block.size();
    if (single) {  // a table of hashes, 8 bytes each, and its size are at the end
      const std::uint32_t count = *read_at<be32>(block, block.size() - 8);
      if (count > (block.size() - 8) / 8) throw_inconsistent("directory", "its table of hashes is too long");
      end -= 8 + std::size_t{count} * 8;
    }
    const std::size_t types = inodes_.has_types() ? 1 : 0;
    for (std::size_t at = inodes_.v5() ? kXfsDirCrcHeader : kXfsDirHeader; at + 8 <= end;) {
      if (*read_at<be16>(block, at) == 0xffff) {  // a gap, with its length
        const std::size_t gap = *read_at<be16>(block, at + 2);
        if (gap < 8 || gap % 8 != 0) throw_inconsistent("directory", "a gap that cannot be");
        at += gap;
        continue;
      }
      const auto length = read_at<std::uint8_t>(block, at + 8).value_or(0);
      const std::size_t whole = round_up(8 + 1 + std::size_t{length} + types + 2, 8);
      if (length == 0 || whole > end - at) throw_inconsistent("directory", "an entry that cannot be");
      add(entries, block.subspan(at + 9, length), *read_at<be64>(block, at),
          types != 0 ? *read_at<std::uint8_t>(block, at + 9 + length) : kNoType);
      at += whole;
    }
  }

  std::unique_ptr<Volume> volume_;
  XfsInodes inodes_;
};

}  // namespace

std::unique_ptr<NodeReader> xfs_reader(std::unique_ptr<Volume> volume) {
  return std::make_unique<XfsReader>(std::move(volume));
}

}  // namespace san::filesystem
