// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/units.h"
#include "filesystem/ntfs/lznt1.h"
#include "filesystem/ntfs/ntfs_driver.h"
#include "filesystem/ntfs/ntfs_index.h"
#include "filesystem/volume/file_runs.h"
#include "filesystem/volume/node_tree.h"
#include "filesystem/volume/text.h"

// Own reader instead of libtsk's: that one walks through the whole MFT when the first directory is opened
// (ntfs_dir_open_meta() looks for orphans), which on a LUN is hundreds of megabytes.

namespace san::filesystem {
namespace {

constexpr std::uint64_t kFirstUserFile = 16;  // before it: $MFT, $LogFile … and the root's own "."
constexpr std::uint64_t kUpcase = 10;
constexpr std::uint32_t kFlagReparse = 0x400, kFlagDirectory = 0x10000000;
// Reparse tags, [MS-FSCC] 2.1.2.1.
constexpr std::uint32_t kTagMountPoint = 0xa0000003, kTagSymlink = 0xa000000c, kTagWof = 0x80000017;

struct StandardInformation {
  le64 created, modified, changed, read;  // 100 ns since 1601
};
struct ReparseHeader {  // [MS-FSCC] 2.1.2.4 and 2.1.2.5
  le32 tag;
  le16 length, unused;
  le16 target_offset, target_length, shown_offset, shown_length;
};

bool is_link(std::uint32_t tag) {
  return tag == kTagMountPoint || tag == kTagSymlink;
}

class NtfsReader final : public NodeReader {
 public:
  explicit NtfsReader(std::unique_ptr<Volume> volume) : volume_(std::move(volume)), ntfs_(*volume_) {}

  std::string label() override {
    const auto name = ntfs_.attribute(NtfsFile::volume, NtfsType::volume_name);
    return name && name->resident ? utf16_text(name->value) : "";
  }

  std::uint64_t root() override { return static_cast<std::uint64_t>(NtfsFile::root); }

  FileInfo info(std::uint64_t node) override {
    FileInfo info;
    info.kind = FileInfo::Kind::file;
    if (ntfs_.is_directory(node)) info.kind = FileInfo::Kind::directory;
    if (is_link(tag(node))) info.kind = FileInfo::Kind::symlink;
    if (info.kind == FileInfo::Kind::file)
      if (const auto data = ntfs_.any_attribute(node, NtfsType::data)) info.size = data->size;
    const auto times = ntfs_.any_attribute(node, NtfsType::standard_information);
    if (const auto t = times ? read_at<StandardInformation>(times->value, 0) : std::nullopt)
      info.mtime = static_cast<std::int64_t>(t->modified / 10'000'000) - 11'644'473'600;
    return info;
  }

  std::vector<NodeEntry> entries(std::uint64_t node) override {
    std::vector<NodeEntry> entries;
    for (NtfsName& name : ntfs_names(ntfs_, node)) {
      if (name.file < kFirstUserFile) continue;
      auto kind = FileInfo::Kind::file;
      if ((name.flags & kFlagDirectory) != 0) kind = FileInfo::Kind::directory;
      if ((name.flags & kFlagReparse) != 0 && is_link(name.tag)) kind = FileInfo::Kind::symlink;
      entries.push_back({std::move(name.name), name.file, kind});
    }
    return entries;
  }

  void read(std::uint64_t node, std::uint64_t offset, std::span<std::byte> into) override {
    // Windows keeps such data in another stream, or elsewhere; $DATA has holes instead.
    const std::uint32_t found = tag(node);
    if (found == kTagWof)
      throw MetadataError{"it is compressed by Windows (CompactOS), which cannot be read here"};
    if (found != 0)
      throw MetadataError{fmt::format("its content is kept in another way (reparse tag {:#010x})", found)};
    const auto data = ntfs_.any_attribute(node, NtfsType::data);
    if (!data) throw_inconsistent("MFT", "a file has no data");
    if (data->encrypted) throw MetadataError{"it is encrypted (EFS)"};
    std::ranges::fill(into, std::byte{0});
    if (offset >= data->initialized) return;
    into = into.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), data->initialized - offset)));
    if (data->resident)
      ntfs_.read(*data, offset, into, "data of a file");
    else if (data->unit != 0)
      read_compressed(*data, offset, into);
    else
      read_runs(*volume_, runs(*data), offset, into);
  }

  std::string link(std::uint64_t node) override {
    const auto point = ntfs_.any_attribute(node, NtfsType::reparse_point);
    const auto bytes = point ? value(*point) : std::vector<std::byte>{};
    const auto header = read_at<ReparseHeader>(bytes, 0);
    if (!header) throw_inconsistent("reparse point", "it is too short");
    // A symbolic link has a word of flags more.
    const std::size_t text = sizeof(ReparseHeader) + (header->tag == kTagSymlink ? 4U : 0U);
    if (bytes.size() < text ||
        std::size_t{header->target_offset} + header->target_length > bytes.size() - text)
      throw_inconsistent("reparse point", "its target lies outside of it");
    std::string target =
        utf16_text(std::span(bytes).subspan(text + header->target_offset, header->target_length));
    // A target that begins with "\??\C:" stays: only Windows knows which volume that is.
    if (!target.starts_with("\\??\\")) std::ranges::replace(target, '\\', '/');
    return target;
  }

  /// Names are compared by the volume's own table of capitals.
  std::string key(const std::string& name) override {
    if (std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
      return to_upper(name);
    load_upcase();
    std::u16string units = utf16_units(name);
    for (char16_t& unit : units)
      if (unit < upcase_.size()) unit = upcase_[unit];
    return {reinterpret_cast<const char*>(units.data()), units.size() * sizeof(char16_t)};
  }

 private:
  std::vector<std::byte> value(const NtfsAttribute& attribute) {
    if (attribute.size > 64 * KiB) throw_inconsistent("MFT", "an attribute is larger than can be");
    std::vector<std::byte> bytes(attribute.size);
    ntfs_.read(attribute, 0, bytes, "attribute");
    return bytes;
  }

  /// The tag of the file's reparse point; 0 where it has none.
  std::uint32_t tag(std::uint64_t node) {
    const auto point = ntfs_.any_attribute(node, NtfsType::reparse_point);
    if (!point) return 0;
    return read_at<le32>(value(*point), 0).value_or(0);
  }

  std::vector<FileRun> runs(const NtfsAttribute& data) const {
    const std::uint64_t cluster = ntfs_.layout().cluster;
    std::vector<FileRun> runs;
    for (const NtfsRun& run : data.runs)
      if (run.cluster)
        add_run(runs, {run.virtual_cluster * cluster, run.count * cluster, *run.cluster * cluster});
    return runs;
  }

  /// A unit that has all its clusters is stored plain; one that has none is zeros; one that has fewer is
  /// compressed ("NTFS Documentation", concept Compression).
  void read_compressed(const NtfsAttribute& data, std::uint64_t offset, std::span<std::byte> into) {
    const std::uint64_t unit = data.unit * ntfs_.layout().cluster;
    const auto all = runs(data);
    std::vector<std::byte> stored(unit), plain(unit);
    for (std::uint64_t start = round_down(offset, unit); start < offset + into.size(); start += unit) {
      std::uint64_t present = 0;
      const auto first = std::upper_bound(all.begin(), all.end(), start,
                                          [](std::uint64_t at, const FileRun& r) { return at < r.end(); });
      for (auto run = first; run != all.end() && run->logical < start + unit; ++run)
        present += std::min(run->end(), start + unit) - std::max(run->logical, start);
      if (present == 0) continue;
      read_runs(*volume_, all, start, stored);
      if (present < unit) {
        if (!lznt1_decompress(std::span(stored).first(present), plain))
          throw MetadataError{"its compressed data is damaged"};
        stored.swap(plain);
      }
      const std::uint64_t from = std::max(start, offset), to = std::min(start + unit, offset + into.size());
      std::copy_n(stored.begin() + static_cast<std::ptrdiff_t>(from - start), to - from,
                  into.begin() + static_cast<std::ptrdiff_t>(from - offset));
    }
  }

  void load_upcase() {
    if (!upcase_.empty()) return;
    std::vector<std::byte> bytes(128 * KiB);
    const auto data = ntfs_.attribute(kUpcase, NtfsType::data);
    if (!data || data->size != bytes.size()) throw_inconsistent("$UpCase", "it has not its size");
    ntfs_.read(*data, 0, bytes, "$UpCase");
    for (std::size_t i = 0; i < bytes.size() / 2; ++i)
      upcase_ += static_cast<char16_t>(static_cast<std::uint16_t>(*read_at<le16>(bytes, i * 2)));
  }

  std::unique_ptr<Volume> volume_;
  NtfsVolume ntfs_;
  std::u16string upcase_;
};

}  // namespace

std::unique_ptr<NodeReader> ntfs_reader(std::unique_ptr<Volume> volume) {
  return std::make_unique<NtfsReader>(std::move(volume));
}

}  // namespace san::filesystem
