// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/variable_store.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"
#include "core/error.h"
#include "core/utf16.h"

namespace san::flash {
namespace {

// gEfiSystemNvDataFvGuid: the volume that holds variables.
constexpr Guid kVolumeGuid = Guid::of(0xFFF12B8D, 0x7696, 0x4C8B, 0xA985, 0x2747075B4F50);
constexpr Guid kAuthenticatedStore = Guid::of(0xAAF32C78, 0x947B, 0x439A, 0xA180, 0x2E144EC37792);
constexpr Guid kPlainStore = Guid::of(0xDDCF3616, 0x3275, 0x4164, 0x98B6, 0xFE85707FFE7D);

struct VolumeHeader {
  std::uint8_t zero_vector[16];
  Guid file_system;
  le64 length;
  std::uint8_t signature[4];
  le32 attributes;
  le16 header_length, checksum, extended_header;
  std::uint8_t reserved, revision;
};
static_assert(sizeof(VolumeHeader) == 56);

struct StoreHeader {
  Guid signature;
  le32 size;
  std::uint8_t format, state;
  le16 reserved;
  le32 reserved1;
};
static_assert(sizeof(StoreHeader) == 28);

struct RecordHead {  // common beginning of both formats
  le16 start;
  std::uint8_t state, reserved;
  le32 attributes;
};

struct RecordTail {  // common end of both formats
  le32 name_size, data_size;
  Guid vendor;
};
static_assert(sizeof(RecordHead) == 8 && sizeof(RecordTail) == 24);

constexpr std::size_t kPlainHeader = 32;
constexpr std::size_t kAuthenticatedHeader = 60;  // 8 bytes of count, 16 of time, 4 of key index between
constexpr std::uint16_t kStart = 0x55AA;
constexpr std::uint8_t kFormatted = 0x5A, kHealthy = 0xFE;
constexpr std::uint8_t kAdded = 0x3F;
constexpr std::uint8_t kInTransition = 0xFE, kDeleted = 0xFD;  // masks: clear one bit
constexpr std::byte kErased{0xFF};

constexpr std::size_t align4(std::size_t value) {
  return (value + 3) / 4 * 4;
}

VariableState state_of(std::uint8_t state) {
  if (state == kAdded) return VariableState::valid;
  if (state == (kAdded & kInTransition)) return VariableState::replacing;
  return (state & 0x40) != 0 ? VariableState::unfinished : VariableState::deleted;
}

}  // namespace

std::string_view to_string(VariableState state) {
  switch (state) {
    case VariableState::unfinished:
      return "unfinished";
    case VariableState::valid:
      return "valid";
    case VariableState::replacing:
      return "replacing";
    case VariableState::deleted:
      break;
  }
  return "deleted";
}

std::string printable(std::u16string_view name) {
  std::vector<le16> units(name.begin(), name.end());
  return utf16_to_printable(units);
}

/// The records as far as they can be followed.
struct VariableStore::Walk {
  std::vector<Variable> records;
  std::vector<std::size_t> ends;  // end of each record in the image, padding included
  std::size_t end = 0;            // offset of the next record
  std::string problem;
};

VariableStore::VariableStore(std::string name, std::vector<std::byte> image)
    : name_(std::move(name)), image_(std::move(image)) {
  if (!find_volume())
    throw Error(Exit::failed, name_, "there is no firmware volume of UEFI variables in it",
                "give a variable store such as a copy of OVMF_VARS.fd, or a dump of the whole flash");
}

bool VariableStore::find_volume() {
  // Volumes begin on a flash block, and no flash has smaller ones than 4 KiB.
  for (std::size_t at = 0; at < image_.size(); at += 4096) {
    const auto header = read_at<VolumeHeader>(image_, at);
    if (header && header->file_system == kVolumeGuid) {
      check_volume(at);
      return true;
    }
  }
  return false;
}

void VariableStore::check_volume(std::size_t at) {
  const auto bad = [&](const std::string& cause) {
    return Error(Exit::failed, name_, fmt::format("the volume of variables at offset {}: {}", at, cause),
                 "the file is damaged, or is not an image of flash; take a new copy");
  };
  const VolumeHeader header = *read_at<VolumeHeader>(image_, at);
  const std::span<const std::byte> volume = std::span<const std::byte>(image_).subspan(at);
  if (std::string_view(reinterpret_cast<const char*>(header.signature), 4) != "_FVH")
    throw bad("its signature is not _FVH");
  if (header.length > volume.size())
    throw bad(fmt::format("it says that it has {} bytes, and there are {}", header.length, volume.size()));
  const std::size_t header_length = header.header_length;
  if (header_length < sizeof(VolumeHeader) || header_length % 8 != 0 || header_length > header.length)
    throw bad(fmt::format("its header has an impossible length of {} bytes", header_length));
  std::uint16_t sum = 0;
  for (std::size_t i = 0; i < header_length; i += 2)
    sum = static_cast<std::uint16_t>(sum + *read_at<le16>(volume, i));
  if (sum != 0)
    throw bad(fmt::format("the checksum of its header is wrong (the sum is {:#06x}, not 0)", sum));

  const auto store = read_at<StoreHeader>(volume, header_length);
  if (!store || (store->signature != kAuthenticatedStore && store->signature != kPlainStore))
    throw bad("no variable store of a known format follows its header");
  if (store->format != kFormatted || store->state != kHealthy)
    throw bad(fmt::format("the variable store is not formatted and healthy (format {:#04x}, state {:#04x})",
                          store->format, store->state));
  if (store->size < sizeof(StoreHeader) || store->size > header.length - header_length)
    throw bad(fmt::format("the variable store says that it has {} bytes, and the volume has room for {}",
                          store->size, header.length - header_length));
  volume_ = at;
  store_ = at + header_length;
  size_ = std::size_t{store->size} / 4 * 4;  // space for records
  authenticated_ = store->signature == kAuthenticatedStore;
}

std::size_t VariableStore::header_size() const {
  return authenticated_ ? kAuthenticatedHeader : kPlainHeader;
}

VariableStore::Walk VariableStore::walk() const {
  Walk out;
  const std::span<const std::byte> store = std::span<const std::byte>(image_).first(store_ + size_);
  std::size_t at = align4(store_ + sizeof(StoreHeader));
  while (at <= store.size() && store.size() - at >= header_size()) {
    const auto head = *read_at<RecordHead>(store, at);
    if (head.start != kStart) break;
    const auto tail = *read_at<RecordTail>(store, at + header_size() - sizeof(RecordTail));
    std::size_t name_size = tail.name_size, data_size = tail.data_size;
    // A header whose writing was interrupted: the firmware also regards it as an empty record.
    if (head.state == 0xFF || tail.name_size == 0xFFFFFFFF || tail.data_size == 0xFFFFFFFF ||
        head.attributes == 0xFFFFFFFF)
      name_size = data_size = 0;
    const std::size_t room = store.size() - at - header_size();
    if (name_size > room || data_size > room - name_size) {
      out.problem = fmt::format(
          "the variable at offset {} says that it has a name of {} and data of {} bytes, and the store ends "
          "after {}",
          at, name_size, data_size, room);
      break;
    }
    Variable variable;
    variable.offset = at;
    variable.attributes = head.attributes;
    variable.state = state_of(head.state);
    variable.id.vendor = tail.vendor;
    const std::size_t name_at = at + header_size();
    for (std::size_t i = 0; i + 1 < name_size; i += 2) {
      const std::uint16_t unit = *read_at<le16>(store, name_at + i);
      if (unit == 0) break;
      variable.id.name += static_cast<char16_t>(unit);
    }
    const auto data = store.subspan(name_at + name_size, data_size);
    variable.data.assign(data.begin(), data.end());
    out.records.push_back(std::move(variable));
    at = std::min(align4(name_at + name_size + data_size), store.size());
    out.ends.push_back(at);
  }
  out.end = std::min(at, store.size());
  return out;
}

std::size_t VariableStore::free_bytes() const {
  const Walk all = walk();
  const auto begin = image_.begin() + static_cast<std::ptrdiff_t>(all.end);
  const auto end = image_.begin() + static_cast<std::ptrdiff_t>(store_ + size_);
  const bool erased = std::all_of(begin, end, [](std::byte b) { return b == kErased; });
  return erased ? store_ + size_ - all.end : 0;
}

std::size_t VariableStore::reclaimable_bytes() const {
  VariableStore copy = *this;
  copy.reclaim();
  return copy.free_bytes();
}

std::vector<std::string> VariableStore::problems() const {
  std::vector<std::string> out;
  const Walk all = walk();
  if (!all.problem.empty())
    out.push_back(all.problem);
  else if (free_bytes() == 0 && all.end + header_size() <= store_ + size_)
    out.push_back(fmt::format("after the last variable, at offset {}, the store is not erased", all.end));
  return out;
}

std::vector<Variable> VariableStore::records() const {
  return walk().records;
}

std::vector<Variable> VariableStore::variables() const {
  std::vector<Variable> out, all = records();
  for (const Variable& v : all)
    if (v.state == VariableState::valid) out.push_back(v);
  for (const Variable& v : all) {
    const auto same = [&](const Variable& other) { return other.id == v.id; };
    if (v.state == VariableState::replacing && std::none_of(out.begin(), out.end(), same)) out.push_back(v);
  }
  return out;
}

std::optional<Variable> VariableStore::get(const VariableName& id) const {
  for (Variable& v : variables())
    if (v.id == id) return std::move(v);
  return std::nullopt;
}

std::vector<std::byte> VariableStore::record(const VariableName& id, std::uint32_t attributes,
                                             std::span<const std::byte> data) const {
  const std::size_t name_size = (id.name.size() + 1) * sizeof(le16);
  // Count, time and key index are 0 in a variable that needs no signature; padding stays erased.
  std::vector<std::byte> out(align4(header_size() + name_size + data.size()), kErased);
  std::fill_n(out.begin(), header_size() + name_size, std::byte{0});
  RecordHead head = {};
  head.start = kStart;
  head.state = kAdded;
  head.attributes = attributes;
  RecordTail tail = {};
  tail.name_size = static_cast<std::uint32_t>(name_size);
  tail.data_size = static_cast<std::uint32_t>(data.size());
  tail.vendor = id.vendor;
  write_at(out, 0, head);
  write_at(out, header_size() - sizeof(tail), tail);
  for (std::size_t i = 0; i < id.name.size(); ++i)
    write_at(out, header_size() + 2 * i, le16(static_cast<std::uint16_t>(id.name[i])));
  std::copy(data.begin(), data.end(), out.begin() + static_cast<std::ptrdiff_t>(header_size() + name_size));
  return out;
}

void VariableStore::mark(std::size_t offset, std::uint8_t mask) {
  image_[offset + offsetof(RecordHead, state)] &= std::byte{mask};
}

void VariableStore::set(const VariableName& id, std::uint32_t attributes, std::span<const std::byte> data) {
  if (data.empty()) {
    erase(id);
    return;
  }
  const auto old = get(id);
  if (old && (old->attributes & kAuthenticated) != 0)
    throw Error(Exit::refused, name_, fmt::format("{} is an authenticated variable", printable(id.name)));
  if (old && old->state == VariableState::valid &&
      std::equal(data.begin(), data.end(), old->data.begin(), old->data.end()))
    return;
  const std::vector<std::byte> added = record(id, old ? old->attributes : attributes, data);
  if (added.size() > free_bytes()) {
    // While the new copy is written, the old one is still valid for the firmware and here.
    const std::size_t room = reclaimable_bytes();
    if (added.size() > room)
      throw Error(Exit::failed, name_,
                  fmt::format("there is no room for {}: it needs {} bytes, and {} are free in a store of {}",
                              printable(id.name), added.size(), room, size_),
                  "delete variables that are not needed");
    reclaim();
  }
  const std::size_t at = walk().end;
  std::copy(added.begin(), added.end(), image_.begin() + static_cast<std::ptrdiff_t>(at));
  for (const Variable& v : records()) {
    const bool current = v.state == VariableState::valid || v.state == VariableState::replacing;
    if (current && v.id == id && v.offset != at) mark(v.offset, kInTransition & kDeleted);
  }
}

bool VariableStore::erase(const VariableName& id) {
  bool found = false;
  for (const Variable& v : records()) {
    if (v.id != id || (v.state != VariableState::valid && v.state != VariableState::replacing)) continue;
    if ((v.attributes & kAuthenticated) != 0)
      throw Error(Exit::refused, name_, fmt::format("{} is an authenticated variable", printable(id.name)));
    mark(v.offset, kDeleted);
    found = true;
  }
  return found;
}

void VariableStore::reclaim() {
  const Walk all = walk();
  const std::vector<Variable> kept = variables();
  std::vector<std::byte> fresh;
  for (const Variable& v : kept) {
    const auto it = std::find_if(all.records.begin(), all.records.end(),
                                 [&](const Variable& r) { return r.offset == v.offset; });
    const std::size_t end = all.ends[static_cast<std::size_t>(it - all.records.begin())];
    const std::size_t begin = fresh.size();
    fresh.insert(fresh.end(), image_.begin() + static_cast<std::ptrdiff_t>(v.offset),
                 image_.begin() + static_cast<std::ptrdiff_t>(end));
    fresh[begin + offsetof(RecordHead, state)] = std::byte{kAdded};
  }
  const std::size_t first = align4(store_ + sizeof(StoreHeader));
  std::fill(image_.begin() + static_cast<std::ptrdiff_t>(std::min(first, store_ + size_)),
            image_.begin() + static_cast<std::ptrdiff_t>(store_ + size_), kErased);
  std::copy(fresh.begin(), fresh.end(), image_.begin() + static_cast<std::ptrdiff_t>(first));
}

}  // namespace san::flash
