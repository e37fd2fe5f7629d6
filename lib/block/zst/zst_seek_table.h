// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "block/device.h"

namespace san {

/// Positions of the frames of a .zst file: the seek table of zstd's seekable format (zstd,
/// contrib/seekable_format/zstd_seekable_compression_format.md), a skippable frame at the end of the file
/// that lists the compressed and the decompressed size of every frame. It takes 8 to 12 bytes a frame in
/// memory.
class SeekTable {
 public:
  /// Largest number of frames that is accepted: at 2 MiB each it is 8 TiB of data, and zeros are in frames of
  /// 1 GiB.
  static constexpr std::uint32_t kMaxFrames = 4U << 20;
  /// Largest content of a frame that the format allows, in bytes.
  static constexpr std::uint32_t kMaxFrameSize = 1U << 30;
  static constexpr std::size_t kFooterSize = 9;
  /// Magic numbers of a frame (RFC 8878, 3.1.1), and of the skippable frame that is the table (3.1.2).
  static constexpr std::uint32_t kFrameMagic = 0xFD2FB528, kTableMagic = 0x184D2A5E;

  struct Frame {
    std::size_t index = 0;
    std::uint64_t offset = 0;       ///< offset of its content, in bytes
    std::uint32_t size = 0;         ///< size of its content, in bytes
    std::uint64_t file_offset = 0;  ///< offset of the frame in the file, in bytes
    std::uint32_t stored = 0;       ///< size of the frame in the file, in bytes
    std::uint32_t checksum = 0;     ///< low half of the XXH64 of its content, if checksums()
    std::uint64_t end() const { return offset + size; }
  };

  SeekTable() = default;

  /// Returns the size of the table in bytes, including its frame header, from `footer`, the last kFooterSize
  /// bytes of a file of `file_size` bytes. Returns nothing if there is no table or its footer cannot be
  /// valid.
  static std::optional<std::uint64_t> stored_size(std::span<const std::byte> footer, std::uint64_t file_size);
  /// Parses the last stored_size() bytes of a file. Returns nothing unless the frames and the table fill the
  /// file exactly, and no frame is larger than the format allows.
  static std::optional<SeekTable> parse(std::span<const std::byte> bytes, std::uint64_t file_size);

  /// Returns the table in its format in a file, without checksums.
  std::vector<std::byte> bytes() const;

  /// Appends a frame: `stored` bytes of the file, which contain `size` bytes.
  void append(std::uint32_t stored, std::uint32_t size);
  /// Finds the frame that contains the byte at `offset`, which must be less than size().
  Frame at(std::uint64_t offset) const;

  std::size_t frames() const { return entries_.size(); }
  std::uint64_t size() const { return size_; }      ///< bytes of content
  std::uint64_t stored() const { return stored_; }  ///< bytes of the file before the table
  bool checksums() const { return !checksums_.empty(); }

 private:
  struct Entry {
    std::uint32_t stored, size;
  };
  /// Position of every kStep-th frame, in the content and in the file.
  struct Mark {
    std::uint64_t offset, file_offset;
  };
  static constexpr std::size_t kStep = 256;

  std::vector<Entry> entries_;
  std::vector<Mark> marks_;
  std::vector<std::uint32_t> checksums_;  ///< low half of XXH64
  std::uint64_t size_ = 0, stored_ = 0;
};

}  // namespace san
