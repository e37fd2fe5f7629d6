// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/lvm_group.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "block/device_filter.h"
#include "core/units.h"
#include "os/volumes/lvm_text.h"
#include "partition/lba.h"

namespace san::os {
namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kMaxSegments = 65536;

/// Thrown for a volume that cannot be read here; the text is a clause about it.
struct Unreadable {
  std::string why;
};

class Group {
 public:
  Group(const LvmValue& value, const std::vector<LvmPhysical>& physical) : value_(value) {
    extent_ = value.number("extent_size").value_or(0);
    extent_ = extent_ > GiB ? 0 : extent_ * kSector;
    const LvmValue* members = value.find("physical_volumes");
    for (const LvmValue& member : members != nullptr ? members->children : std::vector<LvmValue>{}) {
      const auto here = std::find_if(physical.begin(), physical.end(),
                                     [&](const LvmPhysical& p) { return p.uuid == member.word("id"); });
      const auto start = member.number("pe_start"), count = member.number("pe_count");
      if (here == physical.end() || !start || !count || *start > here->length / kSector) continue;
      const std::uint64_t available = here->length - *start * kSector;
      if (extent_ == 0 || *count > available / extent_) continue;
      const std::uint64_t begin = here->offset + *start * kSector;
      members_[member.name] = {begin, *count * extent_};
    }
  }

  void add_to(std::vector<LvmLogical>& volumes) const {
    const LvmValue* all = value_.find("logical_volumes");
    for (const LvmValue& volume : all != nullptr ? all->children : std::vector<LvmValue>{}) {
      const LvmValue* status = volume.find("status");
      if (status == nullptr || std::ranges::find(status->words, "VISIBLE") == status->words.end()) continue;
      LvmLogical logical;
      logical.group = value_.name;
      logical.name = volume.name;
      logical.uuid = volume.word("id");
      try {
        add_segments(volume, logical);
      } catch (const Unreadable& reason) {
        logical.segments.clear();
        logical.why_none = reason.why;
      }
      volumes.push_back(std::move(logical));
    }
  }

 private:
  void add_segments(const LvmValue& volume, LvmLogical& logical) const {
    const std::uint64_t count = volume.number("segment_count").value_or(0);
    if (count == 0 || count > kMaxSegments || count > volume.children.size())
      throw Unreadable{"its metadata names no segments"};
    std::map<std::string_view, const LvmValue*> segments;  // there may be thousands
    for (const LvmValue& child : volume.children) segments.emplace(child.name, &child);
    std::uint64_t next = 0;  // extents
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto segment = segments.find(fmt::format("segment{}", i));
      if (segment == segments.end() || segment->second->number("start_extent") != next)
        throw Unreadable{"its segments do not follow each other"};
      const std::uint64_t extents = segment->second->number("extent_count").value_or(0);
      if (extents == 0 || extents > (std::uint64_t{1} << 32)) throw Unreadable{"it has an empty segment"};
      next += extents;
      logical.size = saturating_mul(next, extent_);
      logical.segments.push_back(place(*segment->second, extents));
    }
  }

  Range place(const LvmValue& segment, std::uint64_t extents) const {
    const std::string type = segment.word("type");
    if (type != "striped" && type != "linear") throw Unreadable{"is of LVM type " + type};
    const LvmValue* stripes = segment.find("stripes");
    if (stripes == nullptr || stripes->words.size() < 2) throw Unreadable{"a segment has no location"};
    if (stripes->words.size() > 2)
      throw Unreadable{fmt::format("is striped over {} areas of LVM", stripes->words.size() / 2)};
    const auto member = members_.find(stripes->words[0]);
    if (member == members_.end()) throw Unreadable{"a physical volume of it is not on this disk"};
    const LvmValue numbers{
        .name = {}, .words = {}, .children = {{"at", {stripes->words[1]}, {}, false}}, .section = true};
    const auto first = numbers.number("at");
    const std::uint64_t all = member->second.length / extent_;
    if (!first || *first > all || extents > all - *first)
      throw Unreadable{"a segment lies outside of its physical volume"};
    return {member->second.offset + *first * extent_, extents * extent_};
  }

  const LvmValue& value_;
  std::uint64_t extent_ = 0;              ///< bytes
  std::map<std::string, Range> members_;  ///< the extents of each physical volume, on the device
};

/// A logical volume, whose segments lie on the device below.
class MappedDevice final : public ReadableFilter {
 public:
  MappedDevice(ReadableDevice& below, std::string name, std::vector<Range> segments)
      : ReadableFilter(below), name_(std::move(name)), segments_(std::move(segments)) {
    for (const Range& segment : segments_) size_ += segment.length;
  }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::uint64_t content_size() const override { return size_; }
  DeviceIdentity identity() const override {
    return {.id = {}, .persistent_id = name_, .generation = below_.identity().generation};
  }
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, Extent::Kind::unknown}};
  }

  /// Reads synchronously, piece by piece: readers of file systems wait for each read anyway.
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    try {
      check_range(*this, offset, into.size());
      for (const Range& segment : segments_) {
        if (into.empty()) break;
        if (offset >= segment.length) {
          offset -= segment.length;
          continue;
        }
        const std::size_t size = std::min<std::uint64_t>(into.size(), segment.length - offset);
        read_wait(below_, segment.offset + offset, into.first(size));
        into = into.subspan(size);
        offset = 0;
      }
    } catch (const Error& error) {
      return done(&error);
    }
    done(nullptr);
  }

 private:
  std::string name_;
  std::vector<Range> segments_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::vector<LvmLogical> lvm_logical_volumes(const std::vector<LvmPhysical>& physical) {
  // Each physical volume has the text of its whole group; the newest counts.
  struct Text {
    std::uint64_t number = 0;
    LvmValue root;
    const LvmValue& group() const {
      return *std::ranges::find_if(root.children, [](const LvmValue& v) { return v.section; });
    }
  };
  std::map<std::string, Text> groups;  // by UUID
  for (const LvmPhysical& member : physical) {
    auto root = parse_lvm_text(member.metadata);
    if (!root || std::ranges::none_of(root->children, [](const LvmValue& v) { return v.section; })) continue;
    Text text{0, std::move(*root)};
    text.number = text.group().number("seqno").value_or(0);
    Text& kept = groups[text.group().word("id")];
    if (kept.root.children.empty() || kept.number < text.number) kept = std::move(text);
  }
  std::vector<LvmLogical> volumes;
  for (const auto& [id, text] : groups) Group(text.group(), physical).add_to(volumes);
  return volumes;
}

std::shared_ptr<ReadableDevice> mapped_device(ReadableDevice& below, std::string name,
                                              std::vector<Range> segments) {
  return std::make_shared<MappedDevice>(below, std::move(name), std::move(segments));
}

}  // namespace san::os
