// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/ntfs_volume.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/units.h"
#include "filesystem/volume/text.h"

// Microsoft publishes no specification. Structures follow the documentation of the Linux-NTFS project
// ("NTFS Documentation", concepts File Record, Attribute Header, Data Runs, Fixup; attribute $ATTRIBUTE_LIST)
// and include/ntfs-3g/layout.h of ntfs-3g.

namespace san::filesystem {
namespace {

constexpr std::size_t kFixupStride = 512;
constexpr std::uint64_t kMaxList = 256 * KiB;  // of an $ATTRIBUTE_LIST; Windows makes none larger
constexpr std::size_t kMaxRuns = 1U << 20;

struct RecordHeader {
  le32 magic;  // FILE
  le16 fixup_offset, fixup_count;
  le64 lsn;
  le16 sequence, links, first_attribute, flags;  // flags: 1 in use, 2 directory
  le32 used, allocated;
};

struct AttributeHeader {
  le32 type, length;
  std::uint8_t not_resident = 0, name_length = 0;  // characters of UTF-16
  le16 name_offset, flags, id;
};
struct Resident {  // behind AttributeHeader
  le32 length;
  le16 offset;
};
struct NotResident {  // behind AttributeHeader
  le64 first_virtual, last_virtual;
  le16 runs_offset;
  std::uint8_t unit_log = 0;  // clusters that are compressed together, as a power of two
  std::byte unused[5]{};
  le64 allocated, size, initialized;
};
struct ListEntry {
  le32 type;
  le16 length;
  std::uint8_t name_length = 0, name_offset = 0;
  le64 first_virtual;
  le64 record;  // 48 bits of number, 16 of sequence
};

[[noreturn]] void bad_mft(const char* detail) {
  throw_inconsistent("MFT", detail);
}

bool same_name(std::span<const std::byte> bytes, std::size_t offset, std::size_t length,
               std::string_view name) {
  if (length != name.size() || offset > bytes.size() || (bytes.size() - offset) / 2 < length) return false;
  return utf16_text(bytes.subspan(offset, length * 2)) == name;
}

}  // namespace

NtfsVolume::NtfsVolume(Volume& volume) : volume_(volume) {
  const auto layout = ntfs_layout(volume.get<NtfsBoot>(0, "boot sector"));
  if (!layout) throw_inconsistent("boot sector", "it is gone");
  layout_ = *layout;
  if (!volume.contains(0, layout_.size))
    throw_inconsistent("boot sector", "it spans more than the partition");

  // The first record of the MFT says where the others are.
  mft_.runs = {{0, layout_.mft_cluster, std::max<std::uint64_t>(layout_.record / layout_.cluster, 1)}};
  mft_.size = mft_.initialized = layout_.record;
  const auto first = record(0);
  NtfsAttribute mft;
  if (!first || !add_part(*first, NtfsType::data, {}, 0, mft) || mft.resident) bad_mft("$MFT has no data");
  mft_ = std::move(mft);
}

bool NtfsVolume::apply_fixups(std::span<std::byte> bytes) {
  const auto header = read_at<RecordHeader>(bytes, 0);
  if (!header || bytes.size() % kFixupStride != 0) return false;
  const std::size_t offset = header->fixup_offset, count = bytes.size() / kFixupStride;
  if (header->fixup_count != count + 1 || offset % 2 != 0 || offset + 2 * (count + 1) > kFixupStride - 2)
    return false;
  for (std::size_t i = 1; i <= count; ++i) {
    std::byte* last = bytes.data() + i * kFixupStride - 2;
    if (std::memcmp(last, bytes.data() + offset, 2) != 0) return false;
    std::memcpy(last, bytes.data() + offset + 2 * i, 2);
  }
  return true;
}

std::optional<std::vector<std::byte>> NtfsVolume::record(std::uint64_t number) {
  std::vector<std::byte> bytes(layout_.record);
  if (number >= mft_.size / layout_.record) bad_mft("a record beyond its end is needed");
  read(mft_, number * layout_.record, bytes, "MFT");
  const auto header = *read_at<RecordHeader>(bytes, 0);
  if (header.magic != 0x454c4946) bad_mft("a record is not one");
  if (!apply_fixups(bytes)) bad_mft("a record was not written whole");
  if (header.used > bytes.size()) bad_mft("a record is longer than records are");
  if ((header.flags & 1) == 0) return std::nullopt;
  return bytes;
}

void NtfsVolume::add_runs(std::span<const std::byte> pairs, std::uint64_t first_virtual,
                          std::uint64_t last_virtual, NtfsAttribute& into) const {
  std::uint64_t virtual_cluster = first_virtual;
  std::uint64_t cluster = 0;
  for (std::size_t at = 0; at < pairs.size() && pairs[at] != std::byte{0};) {
    const auto lengths = std::to_integer<unsigned>(pairs[at]);
    const std::size_t count_bytes = lengths & 0xf, offset_bytes = lengths >> 4;
    if (count_bytes == 0 || count_bytes > 8 || offset_bytes > 8 ||
        pairs.size() - at - 1 < count_bytes + offset_bytes)
      bad_mft("data runs that cannot be");
    ++at;
    std::uint64_t count = 0, delta = 0;
    for (std::size_t i = 0; i < count_bytes; ++i)
      count |= std::to_integer<std::uint64_t>(pairs[at + i]) << (8 * i);
    at += count_bytes;
    for (std::size_t i = 0; i < offset_bytes; ++i)
      delta |= std::to_integer<std::uint64_t>(pairs[at + i]) << (8 * i);
    if (offset_bytes > 0 && offset_bytes < 8 && (delta >> (8 * offset_bytes - 1)) != 0)
      delta |= ~std::uint64_t{0} << (8 * offset_bytes);
    at += offset_bytes;

    NtfsRun run{virtual_cluster, std::nullopt, count};
    if (offset_bytes > 0) {
      cluster += delta;  // two's complement: a negative offset wraps to the right place
      run.cluster = cluster;
      if (cluster >= layout_.clusters || count > layout_.clusters - cluster)
        bad_mft("data runs outside of the volume");
    }
    // No attribute spans more than 2^64 bytes, whatever is holes.
    if (count == 0 || count > (std::uint64_t{1} << 52) - virtual_cluster) bad_mft("data runs that cannot be");
    if (into.runs.size() >= kMaxRuns) bad_mft("too many data runs");
    virtual_cluster += count;
    into.runs.push_back(run);
  }
  if (virtual_cluster != last_virtual + 1) bad_mft("data runs that do not cover what they should");
}

bool NtfsVolume::add_part(std::span<const std::byte> record, NtfsType type, std::string_view name,
                          std::uint64_t first_virtual, NtfsAttribute& into) const {
  const auto record_header = *read_at<RecordHeader>(record, 0);
  record = record.first(std::min<std::size_t>(record.size(), record_header.used));
  for (std::size_t at = record_header.first_attribute;;) {
    const auto type_here = read_at<le32>(record, at);
    if (!type_here || *type_here == 0xffffffff) return false;
    const auto header = read_at<AttributeHeader>(record, at);
    if (!header || header->length < sizeof(AttributeHeader) || header->length > record.size() - at ||
        header->length % 8 != 0)
      bad_mft("an attribute that cannot be");
    const auto bytes = record.subspan(at, header->length);
    at += header->length;
    if (header->type != static_cast<std::uint32_t>(type) ||
        !same_name(bytes, header->name_offset, header->name_length, name))
      continue;

    if (header->not_resident == 0) {
      const auto resident = read_at<Resident>(bytes, sizeof(AttributeHeader));
      if (!resident || resident->offset > bytes.size() || resident->length > bytes.size() - resident->offset)
        bad_mft("an attribute that cannot be");
      const auto value = bytes.subspan(resident->offset, resident->length);
      into.resident = true;
      into.value.assign(value.begin(), value.end());
      into.size = into.initialized = value.size();
      return true;
    }
    const auto more = read_at<NotResident>(bytes, sizeof(AttributeHeader));
    if (!more || more->runs_offset > bytes.size()) bad_mft("an attribute that cannot be");
    if (more->first_virtual != first_virtual) continue;
    // Attribute Header: 0x00ff compressed, 0x4000 encrypted, 0x8000 sparse. No system file is any of these.
    if (header->flags != 0 && !any_flags_) bad_mft("a system file is compressed, encrypted or sparse");
    if ((header->flags & 0xff) != 0 && first_virtual == 0) {
      // Windows compresses units of 16 clusters of 4 KiB at most.
      if (more->unit_log == 0 || more->unit_log > 8 || layout_.cluster << more->unit_log > MiB)
        bad_mft("an impossible compression unit");
      into.unit = std::uint64_t{1} << more->unit_log;
    }
    into.encrypted = into.encrypted || (header->flags & 0x4000) != 0;
    if (first_virtual == 0) {
      into.size = more->size;
      into.initialized = more->initialized;
    }
    add_runs(bytes.subspan(more->runs_offset), first_virtual, more->last_virtual, into);
    return true;
  }
}

bool NtfsVolume::from_list(const NtfsAttribute& list, NtfsType type, std::string_view name,
                           NtfsAttribute& into) {
  if (list.size > kMaxList) bad_mft("an attribute list that is too long");
  std::vector<std::byte> bytes(list.size);
  read(list, 0, bytes, "attribute list");
  bool found = false;
  std::uint64_t next_virtual = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto entry = read_at<ListEntry>(bytes, at);
    if (!entry || entry->length < sizeof(ListEntry) || entry->length > bytes.size() - at)
      bad_mft("an attribute list that cannot be");
    const auto whole = std::span<const std::byte>(bytes).subspan(at, entry->length);
    at += entry->length;
    if (entry->type != static_cast<std::uint32_t>(type) ||
        !same_name(whole, entry->name_offset, entry->name_length, name))
      continue;
    const auto part = record(entry->record & 0xffffffffffff);
    if (entry->first_virtual != next_virtual || into.resident || !part ||
        !add_part(*part, type, name, next_virtual, into))
      bad_mft("an attribute list that points to nothing");
    found = true;
    if (!into.runs.empty()) next_virtual = into.runs.back().virtual_cluster + into.runs.back().count;
  }
  return found;
}

std::optional<NtfsAttribute> NtfsVolume::attribute(std::uint64_t file, NtfsType type, std::string_view name) {
  const auto base = record(file);
  if (!base) bad_mft("a file is missing");
  NtfsAttribute result, list;
  const bool found = add_part(*base, NtfsType::attribute_list, {}, 0, list)
                         ? from_list(list, type, name, result)
                         : add_part(*base, type, name, 0, result);
  if (!found) return std::nullopt;
  if (!result.resident) {
    const std::uint64_t clusters =
        result.runs.empty() ? 0 : result.runs.back().virtual_cluster + result.runs.back().count;
    if (result.size > clusters * layout_.cluster || result.initialized > result.size)
      bad_mft("an attribute longer than its data runs");
  }
  return result;
}

std::optional<NtfsAttribute> NtfsVolume::any_attribute(std::uint64_t file, NtfsType type,
                                                       std::string_view name) {
  any_flags_ = true;
  try {
    auto result = attribute(file, type, name);
    any_flags_ = false;
    return result;
  } catch (...) {
    any_flags_ = false;
    throw;
  }
}

bool NtfsVolume::is_directory(std::uint64_t file) {
  const auto bytes = record(file);
  return bytes && (read_at<RecordHeader>(*bytes, 0)->flags & 2) != 0;
}

void NtfsVolume::read(const NtfsAttribute& attribute, std::uint64_t offset, std::span<std::byte> into,
                      const char* what) {
  if (offset > attribute.size || into.size() > attribute.size - offset)
    throw_inconsistent(what, "it is too short");
  if (attribute.resident) {
    std::copy_n(attribute.value.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return;
  }
  while (!into.empty()) {
    const std::uint64_t wanted = offset / layout_.cluster;
    auto run =
        std::upper_bound(attribute.runs.begin(), attribute.runs.end(), wanted,
                         [](std::uint64_t value, const NtfsRun& r) { return value < r.virtual_cluster; });
    if (run == attribute.runs.begin()) throw_inconsistent(what, "it has no data runs");
    --run;
    const std::uint64_t in_run = offset - run->virtual_cluster * layout_.cluster;
    if (wanted - run->virtual_cluster >= run->count || !run->cluster)
      throw_inconsistent(what, "its data runs have a hole");
    const std::uint64_t size = std::min<std::uint64_t>(into.size(), run->count * layout_.cluster - in_run);
    volume_.read(*run->cluster * layout_.cluster + in_run, into.first(size), what);
    into = into.subspan(size);
    offset += size;
  }
}

}  // namespace san::filesystem
