// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_seek_table.h"

#include <algorithm>

#include "core/endian.h"

namespace san {
namespace {

struct FrameHeader {
  le32 magic, size;
};

/// Footer at the end of the table and of the file.
struct Footer {
  le32 frames;
  std::uint8_t descriptor = 0;
  le32 magic;
};
static_assert(sizeof(Footer) == SeekTable::kFooterSize);

constexpr std::uint32_t kFooterMagic = 0x8F92EAB1;
constexpr std::uint8_t kChecksumFlag = 0x80, kReserved = 0x7C;

std::uint64_t entry_size(const Footer& footer) {
  return (footer.descriptor & kChecksumFlag) != 0 ? 12 : 8;
}

std::optional<Footer> parse_footer(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Footer)) return std::nullopt;
  const auto footer = read_at<Footer>(bytes, bytes.size() - sizeof(Footer));
  if (!footer || footer->magic != kFooterMagic || (footer->descriptor & kReserved) != 0 ||
      footer->frames > SeekTable::kMaxFrames)
    return std::nullopt;
  return footer;
}

}  // namespace

std::optional<std::uint64_t> SeekTable::stored_size(std::span<const std::byte> footer,
                                                    std::uint64_t file_size) {
  const auto found = parse_footer(footer);
  if (!found) return std::nullopt;
  const std::uint64_t size =
      sizeof(FrameHeader) + std::uint64_t{found->frames} * entry_size(*found) + sizeof(Footer);
  return size <= file_size ? std::optional(size) : std::nullopt;
}

std::optional<SeekTable> SeekTable::parse(std::span<const std::byte> bytes, std::uint64_t file_size) {
  const auto size = stored_size(bytes, file_size);
  if (!size || *size != bytes.size()) return std::nullopt;
  const auto header = read_at<FrameHeader>(bytes, 0);
  if (!header || header->magic != kTableMagic || header->size != bytes.size() - sizeof(FrameHeader))
    return std::nullopt;
  const Footer footer = *parse_footer(bytes);
  const std::uint64_t step = entry_size(footer);
  SeekTable table;
  table.entries_.reserve(footer.frames);
  for (std::uint32_t i = 0; i < footer.frames; ++i) {
    const std::size_t at = sizeof(FrameHeader) + i * step;
    const std::uint32_t stored = *read_at<le32>(bytes, at), content = *read_at<le32>(bytes, at + 4);
    if (content > kMaxFrameSize || stored > file_size - *size - table.stored_) return std::nullopt;
    table.append(stored, content);
    if (step == 12) table.checksums_.push_back(*read_at<le32>(bytes, at + 8));
  }
  return table.stored_ + *size == file_size ? std::optional(std::move(table)) : std::nullopt;
}

std::vector<std::byte> SeekTable::bytes() const {
  std::vector<std::byte> result(sizeof(FrameHeader) + 8 * entries_.size() + sizeof(Footer));
  write_at(result, 0,
           FrameHeader{kTableMagic, static_cast<std::uint32_t>(result.size() - sizeof(FrameHeader))});
  std::size_t at = sizeof(FrameHeader);
  for (const Entry& entry : entries_) {
    write_at(result, at, le32(entry.stored));
    write_at(result, at + 4, le32(entry.size));
    at += 8;
  }
  write_at(result, at, Footer{static_cast<std::uint32_t>(entries_.size()), 0, kFooterMagic});
  return result;
}

void SeekTable::append(std::uint32_t stored, std::uint32_t size) {
  if (entries_.size() % kStep == 0) marks_.push_back({size_, stored_});
  entries_.push_back({stored, size});
  size_ += size;
  stored_ += stored;
}

SeekTable::Frame SeekTable::at(std::uint64_t offset) const {
  const auto mark = std::prev(std::upper_bound(marks_.begin(), marks_.end(), offset,
                                               [](std::uint64_t o, const Mark& m) { return o < m.offset; }));
  Frame frame;
  frame.index = static_cast<std::size_t>(mark - marks_.begin()) * kStep;
  frame.offset = mark->offset;
  frame.file_offset = mark->file_offset;
  while (offset - frame.offset >= entries_[frame.index].size) {
    frame.offset += entries_[frame.index].size;
    frame.file_offset += entries_[frame.index].stored;
    ++frame.index;
  }
  frame.size = entries_[frame.index].size;
  frame.stored = entries_[frame.index].stored;
  if (checksums()) frame.checksum = checksums_[frame.index];
  return frame;
}

}  // namespace san
