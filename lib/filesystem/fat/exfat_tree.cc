// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/ascii.h"
#include "core/units.h"
#include "filesystem/fat/exfat_format.h"
#include "filesystem/fat/fat_chain.h"
#include "filesystem/fat/fat_driver.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/volume/text.h"

// References: exFAT file system specification, Microsoft, 2019: 7.4 File, 7.6 Stream Extension, 7.7 File
// Name.

namespace san::filesystem {
namespace {

constexpr std::uint64_t kMaxExfatDirectory = 256 * MiB;  // specification, 6
constexpr std::byte kFile{0x85}, kStream{0xc0}, kName{0xc1};

struct FileEntry {
  std::uint8_t type = 0, secondaries = 0;
  le16 checksum, attributes, reserved;  // attributes: 0x10 directory
  le32 created, modified, read;         // time in the low half, date in the high one
  std::byte rest[12]{};
};
struct StreamEntry {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;  // 2: the clusters follow each other
  std::uint8_t reserved = 0, name_length = 0;
  le16 hash, reserved2;
  le64 valid;  // bytes that were ever written
  le32 reserved3;
  le32 cluster;
  le64 size;
};
static_assert(sizeof(FileEntry) == 32 && sizeof(StreamEntry) == 32);

struct ExfatFile {
  std::uint32_t cluster = 0;
  bool contiguous = false;
  std::uint64_t valid = 0;
  std::uint64_t stored = kMaxExfatDirectory;  ///< bytes that have clusters
  FileInfo info;
};

class ExfatReader final : public NodeReader {
 public:
  explicit ExfatReader(std::unique_ptr<Volume> volume) : volume_(std::move(volume)) {
    const auto boot = volume_->get<ExfatBoot>(0, "boot sector");
    if (boot.sector_shift < 9 || boot.sector_shift > 12 || boot.cluster_shift > 25 - boot.sector_shift)
      throw_inconsistent("boot sector", "impossible sector or cluster size");
    const std::uint64_t fat = boot.fat_offset + (boot.fats == 2 ? (boot.flags & 1U) * boot.fat_length : 0);
    chain_ = {.bits = 32,
              .exfat = true,
              .fat_offset = fat << boot.sector_shift,
              .data_offset = std::uint64_t{boot.cluster_heap_offset} << boot.sector_shift,
              .cluster = std::uint64_t{1} << (boot.sector_shift + boot.cluster_shift),
              .clusters = boot.cluster_count};
    if (chain_.data_offset > volume_->size() ||
        chain_.clusters > (volume_->size() - chain_.data_offset) / chain_.cluster)
      throw_inconsistent("boot sector", "it spans more than the partition");
    files_[0].info.kind = FileInfo::Kind::directory;
    files_[0].cluster = boot.root_cluster;
  }

  std::string label() override {
    entries(root());
    return label_;
  }

  std::uint64_t root() override { return 0; }
  FileInfo info(std::uint64_t node) override { return files_.at(node).info; }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    std::vector<NodeEntry> entries;
    std::uint64_t file = 0;  // where the entry set that is being read begins
    unsigned name_left = 0;
    for (const FileRun& run : chain(node, kMaxExfatDirectory)) {
      for (std::uint64_t at = 0; at + 32 <= run.length; at += 32) {
        const std::uint64_t place = *run.volume_offset + at;
        const auto raw = volume_->get<std::array<std::byte, 32>>(place, "directory");
        if (raw[0] == kExfatEnd) return entries;
        if (raw[0] == kFile) {
          file = place;
          name_left = 0;
          begin(place, *read_at<FileEntry>(raw, 0));
        } else if (raw[0] == kStream && file != 0) {
          const auto stream = *read_at<StreamEntry>(raw, 0);
          finish(files_[file], stream);
          name_left = stream.name_length;
          if (entries.size() >= kMaxEntries)
            throw_inconsistent("directory", "it has more entries than can be");
          entries.push_back({"", file, files_[file].info.kind});
        } else if (raw[0] == kName && name_left > 0) {
          const unsigned units = std::min(name_left, 15U);
          entries.back().name += utf16_text(std::span(raw).subspan(2, std::size_t{units} * 2));
          name_left -= units;
        } else {
          if (raw[0] == kExfatLabel && node == 0)
            label_ = utf16_text(std::span(raw).subspan(
                2, std::min(std::to_integer<std::size_t>(raw[1]), std::size_t{11}) * 2));
          file = 0;
          name_left = 0;
        }
      }
    }
    return entries;
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    const ExfatFile& file = files_.at(node);
    std::ranges::fill(into, std::byte{0});
    if (offset >= file.valid || into.empty()) return;
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), file.valid - offset)));
    const auto parts = chain(node, offset + into.size());
    if (parts.empty() || parts.back().end() < offset + into.size())
      throw_inconsistent("FAT", "a file has fewer clusters than its size needs");
    read_runs(*volume_, parts, offset, into);
  }

  std::string link(std::uint64_t) override { throw MetadataError{"not a symbolic link"}; }
  std::string key(const std::string& name) override { return to_upper(name); }

 private:
  std::vector<FileRun> chain(std::uint64_t node, std::uint64_t size) {
    const ExfatFile& file = files_.at(node);
    if (file.cluster == 0) return {};
    return chain_.runs(*volume_, file.cluster, std::min(size, file.stored), file.contiguous);
  }

  void begin(std::uint64_t place, const FileEntry& entry) {
    ExfatFile file;
    file.info.kind = (entry.attributes & 0x10) != 0 ? FileInfo::Kind::directory : FileInfo::Kind::file;
    const std::uint32_t modified = entry.modified;
    file.info.mtime =
        fat_time(static_cast<std::uint16_t>(modified >> 16), static_cast<std::uint16_t>(modified));
    files_[place] = file;
  }

  static void finish(ExfatFile& file, const StreamEntry& stream) {
    file.cluster = stream.cluster;
    file.contiguous = (stream.flags & 2) != 0;
    file.valid = std::min<std::uint64_t>(stream.valid, stream.size);
    file.stored = stream.size;
    if (file.info.kind == FileInfo::Kind::file) file.info.size = stream.size;
  }

  std::unique_ptr<Volume> volume_;
  FatChain chain_;
  std::string label_;
  std::unordered_map<std::uint64_t, ExfatFile> files_;
};

}  // namespace

std::unique_ptr<NodeReader> exfat_reader(std::unique_ptr<Volume> volume) {
  return std::make_unique<ExfatReader>(std::move(volume));
}

}  // namespace san::filesystem
