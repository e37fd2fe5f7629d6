// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "core/ascii.h"
#include "core/units.h"
#include "filesystem/fat/fat_chain.h"
#include "filesystem/fat/fat_driver.h"
#include "filesystem/fat/fat_layout.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/volume/text.h"

// References: "FAT: General Overview of On-Disk Format", Microsoft, version 1.03, sections "FAT Directory
// Structure" and "FAT Long Directory Entries".

namespace san::filesystem {
namespace {

constexpr std::uint64_t kMaxFatDirectory = 2 * MiB;  // 65536 entries
constexpr std::uint8_t kVolumeId = 0x08, kDirectory = 0x10, kLongName = 0x0f;

struct Entry {
  std::uint8_t name[11]{};
  std::uint8_t attributes = 0;
  std::uint8_t lower = 0;  ///< of Windows NT: 0x08 the name, 0x10 its extension is in small letters
  std::uint8_t created_tenths = 0;
  le16 created_time, created_date, read_date;
  le16 cluster_high;
  le16 time, date;
  le16 cluster_low;
  le32 size;
};
struct LongEntry {
  std::uint8_t order = 0;  ///< 1 is the first part of the name; 0x40: the last part, which stands first
  std::byte part1[10]{};
  std::uint8_t attributes = 0, type = 0;
  std::uint8_t checksum = 0;  ///< of the short name
  std::byte part2[12]{};
  le16 cluster;
  std::byte part3[4]{};
};
static_assert(sizeof(Entry) == 32 && sizeof(LongEntry) == 32);

std::uint8_t checksum(const Entry& entry) {
  unsigned sum = 0;
  for (const std::uint8_t c : entry.name) sum = (((sum & 1) << 7) + (sum >> 1) + c) & 0xff;
  return static_cast<std::uint8_t>(sum);
}

/// "NAME.EXT". Which code page letters beyond ASCII are of is not known: they become U+FFFD.
std::string short_name(const Entry& entry) {
  const auto part = [&](std::size_t from, std::size_t size, bool lower) {
    std::string text;
    for (std::size_t i = from; i < from + size; ++i) {
      const std::uint8_t c = entry.name[i];
      if (c >= 0x80 || c == 0x05)
        text += "\xef\xbf\xbd";
      else
        text += static_cast<char>(lower && c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    }
    return text.erase(text.find_last_not_of(' ') + 1);
  };
  const std::string name = part(0, 8, (entry.lower & 0x08) != 0);
  const std::string extension = part(8, 3, (entry.lower & 0x10) != 0);
  return extension.empty() ? name : name + "." + extension;
}

/// The parts of a long name, which stand before the entry they belong to, the last one first.
class LongName {
 public:
  void add(const LongEntry& part) {
    const unsigned order = part.order & 0x3f;
    if ((part.order & 0x40) != 0) {
      units_.clear();
      next_ = order;
      sum_ = part.checksum;
    }
    if (order == 0 || order > 20 || order != next_ || part.checksum != sum_) return clear();
    std::vector<std::byte> units(std::begin(part.part1), std::end(part.part1));
    units.insert(units.end(), std::begin(part.part2), std::end(part.part2));
    units.insert(units.end(), std::begin(part.part3), std::end(part.part3));
    units_.insert(units_.begin(), units.begin(), units.end());
    --next_;
  }
  void clear() {
    units_.clear();
    next_ = 0;
  }
  /// Empty where there is none that belongs to `entry`.
  std::string take(const Entry& entry) {
    std::string name;
    if (next_ == 0 && !units_.empty() && sum_ == checksum(entry)) {
      std::size_t size = 0;
      while (size + 2 <= units_.size() && *read_at<le16>(units_, size) != 0) size += 2;
      name = utf16_text(std::span(units_).first(size));
    }
    clear();
    return name;
  }

 private:
  std::vector<std::byte> units_;
  unsigned next_ = 0;
  std::uint8_t sum_ = 0;
};

struct FatFile {
  std::uint32_t cluster = 0;
  FileInfo info;
};

class FatReader final : public NodeReader {
 public:
  explicit FatReader(std::unique_ptr<Volume> volume) : volume_(std::move(volume)) {
    const auto layout = fat_layout(volume_->get<FatBoot>(0, "boot sector"));
    if (!layout) throw_inconsistent("boot sector", "it is gone");
    layout_ = *layout;
    if (layout_.size > volume_->size()) throw_inconsistent("boot sector", "it spans more than the partition");
    const unsigned active = layout_.one_active && layout_.active < layout_.fats ? layout_.active : 0;
    chain_ = {.bits = layout_.bits,
              .exfat = false,
              .fat_offset = layout_.fat_offset + active * layout_.fat_size,
              .data_offset = layout_.data_offset,
              .cluster = layout_.cluster_size,
              .clusters = layout_.clusters};
    files_[0].info.kind = FileInfo::Kind::directory;
    files_[0].cluster = layout_.root_cluster;
  }

  std::string label() override {
    entries(root());
    return label_;
  }

  std::uint64_t root() override { return 0; }
  FileInfo info(std::uint64_t node) override { return files_.at(node).info; }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    std::vector<NodeEntry> entries;
    LongName long_name;
    for (const FileRun& run : runs(node, kMaxFatDirectory)) {
      std::vector<std::byte> bytes(run.length);
      read_runs(*volume_, {&run, 1}, run.logical, bytes);
      for (std::size_t at = 0; at + sizeof(Entry) <= bytes.size(); at += sizeof(Entry)) {
        const Entry entry = *read_at<Entry>(bytes, at);
        if (entry.name[0] == 0) return entries;
        if (entry.name[0] == 0xe5) {  // deleted
          long_name.clear();
        } else if ((entry.attributes & 0x3f) == kLongName) {
          long_name.add(*read_at<LongEntry>(bytes, at));
        } else if (node == 0 && (entry.attributes & (kVolumeId | kDirectory)) == kVolumeId) {
          label_ = fixed_text(std::as_bytes(std::span(entry.name)));
        } else if (const std::string name = long_name.take(entry);
                   (entry.attributes & kVolumeId) == 0 && entry.name[0] != '.') {
          entries.push_back(
              remember(entry, name.empty() ? short_name(entry) : name, *run.volume_offset + at));
        }
      }
    }
    return entries;
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    if (into.empty()) return;
    const auto parts = runs(node, offset + into.size());
    if (parts.empty() || parts.back().end() < offset + into.size())
      throw_inconsistent("FAT", "a file has fewer clusters than its size needs");
    read_runs(*volume_, parts, offset, into);
  }

  std::string link(std::uint64_t) override { throw MetadataError{"not a symbolic link"}; }
  std::string key(const std::string& name) override { return to_upper(name); }

 private:
  std::vector<FileRun> runs(std::uint64_t node, std::uint64_t size) {
    const FatFile& file = files_.at(node);
    if (node == 0 && layout_.bits != 32) {  // the root of FAT12 and FAT16 lies behind the FATs
      const std::uint64_t start = layout_.fat_offset + layout_.fats * layout_.fat_size;
      return {{0, layout_.data_offset - start, start}};
    }
    return chain_.runs(*volume_, file.cluster, size, false);
  }

  /// The place of its entry is the number of a file.
  NodeEntry remember(const Entry& entry, std::string name, std::uint64_t place) {
    FatFile file;
    file.cluster = entry.cluster_low | (layout_.bits == 32 ? std::uint32_t{entry.cluster_high} << 16 : 0);
    const bool directory = (entry.attributes & kDirectory) != 0;
    file.info.kind = directory ? FileInfo::Kind::directory : FileInfo::Kind::file;
    file.info.size = directory ? 0 : std::uint32_t{entry.size};
    file.info.mtime = fat_time(entry.date, entry.time);
    files_[place] = file;
    return {std::move(name), place, file.info.kind};
  }

  std::unique_ptr<Volume> volume_;
  FatLayout layout_;
  FatChain chain_;
  std::string label_;
  std::unordered_map<std::uint64_t, FatFile> files_;
};

}  // namespace

std::unique_ptr<NodeReader> fat_reader(std::unique_ptr<Volume> volume) {
  return std::make_unique<FatReader>(std::move(volume));
}

}  // namespace san::filesystem
