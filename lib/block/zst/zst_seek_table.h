// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "block/device.h"

namespace san {

/// Where the frames of a .zst file are: the seek table of zstd's seekable format (zstd,
/// contrib/seekable_format/zstd_seekable_compression_format.md), a skippable frame at the end of the file
/// that lists the compressed and the decompressed size of every frame. 8 to 12 bytes a frame in memory.
class SeekTable {
 public:
  /// More frames than any disk needs are not believed: at 2 MiB each this is 8 TiB of data, and zeros come in
  /// frames of 1 GiB.
  static constexpr std::uint32_t kMaxFrames = 4U << 20;
  /// The largest frame by the format.
  static constexpr std::uint32_t kMaxFrameSize = 1U << 30;
  static constexpr std::size_t kFooterSize = 9;
  /// The magic number of a frame (RFC 8878, 3.1.1), and of the skippable frame that the table is (3.1.2).
  static constexpr std::uint32_t kFrameMagic = 0xFD2FB528, kTableMagic = 0x184D2A5E;

  struct Frame {
    std::size_t index = 0;
    std::uint64_t offset = 0;    ///< of its content, in bytes
    std::uint32_t size = 0;      ///< of its content
    std::uint64_t place = 0;     ///< in the file
    std::uint32_t stored = 0;    ///< bytes in the file
    std::uint32_t checksum = 0;  ///< of its content, where checksums()
    std::uint64_t end() const { return offset + size; }
  };

  SeekTable() = default;

  /// How many bytes the table takes, its own frame header included, by `footer`, the last kFooterSize bytes
  /// of a file of `file_size` bytes; nothing where there is no such table, or none that could be true.
  static std::optional<std::uint64_t> stored_size(std::span<const std::byte> footer, std::uint64_t file_size);
  /// Parses those bytes. Nothing unless the frames, and the table behind them, are exactly the file, and none
  /// is larger than the format allows.
  static std::optional<SeekTable> parse(std::span<const std::byte> bytes, std::uint64_t file_size);

  /// The table as it stands in a file.
  std::vector<std::byte> bytes() const;

  /// The next frame: `stored` bytes of the file that hold `size` bytes.
  void append(std::uint32_t stored, std::uint32_t size);
  /// The frame that holds the byte at `offset`, which is less than size().
  Frame at(std::uint64_t offset) const;

  std::size_t frames() const { return entries_.size(); }
  std::uint64_t size() const { return size_; }      ///< bytes of content
  std::uint64_t stored() const { return stored_; }  ///< bytes of the file in front of the table
  bool checksums() const { return !checksums_.empty(); }

 private:
  struct Entry {
    std::uint32_t stored, size;
  };
  /// Every kStep frames, where they begin.
  struct Mark {
    std::uint64_t offset, place;
  };
  static constexpr std::size_t kStep = 256;

  std::vector<Entry> entries_;
  std::vector<Mark> marks_;
  std::vector<std::uint32_t> checksums_;  ///< low half of XXH64
  std::uint64_t size_ = 0, stored_ = 0;
};

}  // namespace san
