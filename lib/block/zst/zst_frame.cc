// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_frame.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>

#include "block/zero_detection.h"
#include "block/zst/zst_seek_table.h"
#include "core/endian.h"
#include "core/units.h"

namespace san::zst {
namespace {

using le24 = Integer<std::uint32_t, 3, std::endian::little>;

// RFC 8878, 3.1.1.1 and 3.1.1.2.
constexpr std::uint8_t kSize4Flag = 0x80, kSingleSegmentFlag = 0x20, kChecksumFlag = 0x04;
constexpr std::uint8_t kReservedAndDictionary = 0x0B;
constexpr std::uint8_t kBlockWindow = 0x38;  // 128 KiB
constexpr std::uint32_t kMaxBlock = 128 * KiB;
enum BlockType : std::uint32_t { raw = 0, rle = 1 };

struct ZeroHeader {
  le32 magic = SeekTable::kFrameMagic;
  std::uint8_t descriptor = kSize4Flag | kChecksumFlag;
  std::uint8_t window = kBlockWindow;
  le32 size;
};

/// Size of the first block of a frame, which is raw: zstd up to 1.4.3 fails on a frame that begins with an
/// RLE block.
constexpr std::uint32_t kFirst = 16;

std::uint32_t first_length(std::uint32_t size) {
  return std::min(size, kFirst);
}

std::uint32_t rle_blocks(std::uint32_t size) {
  return static_cast<std::uint32_t>(round_up(size - first_length(size), kMaxBlock) / kMaxBlock);
}

le24 block_header(bool last, BlockType type, std::uint32_t length) {
  return length << 3 | static_cast<std::uint32_t>(type) << 1 | (last ? 1U : 0U);
}

std::uint32_t zeros_checksum(std::uint32_t size) {
  static std::array<std::byte, 64 * KiB> zeros;
  const std::unique_ptr<XXH64_state_t, decltype(&XXH64_freeState)> state(XXH64_createState(),
                                                                         &XXH64_freeState);
  if (!state) throw std::bad_alloc();
  XXH64_reset(state.get(), 0);
  for (std::uint32_t left = size; left > 0;) {
    const std::uint32_t part = std::min<std::uint32_t>(left, zeros.size());
    XXH64_update(state.get(), zeros.data(), part);
    left -= part;
  }
  return static_cast<std::uint32_t>(XXH64_digest(state.get()));
}

}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_contentSizeFlag, 1);
}

std::vector<std::byte> Compressor::operator()(std::span<const std::byte> content) {
  buffer_.resize(std::max(buffer_.size(), ZSTD_compressBound(content.size())));
  const std::size_t length =
      ZSTD_compress2(context_.get(), buffer_.data(), buffer_.size(), content.data(), content.size());
  // With space for the worst case, only a lack of memory can fail.
  if (ZSTD_isError(length) != 0) throw std::bad_alloc();
  return {buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(length)};
}

void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  if (!context_) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
}

std::string Decompressor::operator()(std::span<const std::byte> frame, std::span<std::byte> into) {
  const std::size_t got =
      ZSTD_decompressDCtx(context_.get(), into.data(), into.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0) return ZSTD_getErrorName(got);
  return got == into.size() ? "" : "it holds less than the seek table says";
}

std::string Decompressor::step(std::span<const std::byte>& from, std::span<std::byte>& into) {
  ZSTD_inBuffer in = {from.data(), from.size(), 0};
  ZSTD_outBuffer out = {into.data(), into.size(), 0};
  const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
  from = from.subspan(in.pos);
  into = into.subspan(out.pos);
  if (ZSTD_isError(left) == 0) {
    at_end_ = left == 0;
    return {};
  }
  return ZSTD_getErrorName(left);
}

bool begins_like_frame(std::span<const std::byte> front) {
  const auto magic = read_at<le32>(front, 0);
  return magic && (*magic == SeekTable::kFrameMagic || (*magic & ~0xFU) == (SeekTable::kTableMagic & ~0xFU));
}

bool begins_like_stump(std::byte first) {
  return first == std::byte{SeekTable::kFrameMagic & 0xFF} ||
         (first & std::byte{0xF0}) == std::byte{SeekTable::kTableMagic & 0xF0};
}

std::size_t bound(std::size_t size) {
  return ZSTD_compressBound(size);
}

std::size_t zero_frame_length(std::uint32_t size) {
  return sizeof(ZeroHeader) + 3 + first_length(size) + std::size_t{4} * rle_blocks(size) + 4;
}

std::vector<std::byte> zero_frame(std::uint32_t size) {
  std::vector<std::byte> frame(zero_frame_length(size));
  ZeroHeader header;
  header.size = size;
  write_at(frame, 0, header);
  std::size_t at = sizeof(header);
  std::uint32_t left = size - first_length(size);
  write_at(frame, at, block_header(left == 0, raw, first_length(size)));
  at += 3 + first_length(size);
  while (left > 0) {
    const std::uint32_t part = std::min(left, kMaxBlock);
    left -= part;
    write_at(frame, at, block_header(left == 0, rle, part));
    at += 4;
  }
  write_at(frame, at, le32(zeros_checksum(size)));
  return frame;
}

bool is_zero_frame(std::span<const std::byte> frame, std::uint32_t size) {
  const auto magic = read_at<le32>(frame, 0);
  const auto descriptor = read_at<std::uint8_t>(frame, 4);
  if (!magic || *magic != SeekTable::kFrameMagic || !descriptor ||
      (*descriptor & kReservedAndDictionary) != 0)
    return false;
  static constexpr std::array<std::size_t, 4> kSizeBytes = {0, 2, 4, 8};
  const bool single = (*descriptor & kSingleSegmentFlag) != 0;
  std::size_t size_bytes = kSizeBytes[*descriptor >> 6];
  if (size_bytes == 0 && single) size_bytes = 1;
  std::size_t at = 5 + (single ? 0 : 1) + size_bytes;
  std::uint64_t content = 0;
  for (bool last = false; !last;) {
    const auto header = read_at<le24>(frame, at);
    if (!header) return false;
    last = (*header & 1) != 0;
    const std::uint32_t type = *header >> 1 & 3, length = *header >> 3, stored = type == rle ? 1 : length;
    if (type > rle || length > kMaxBlock || stored > frame.size() - at - 3) return false;
    if (!all_zero(frame.subspan(at + 3, stored))) return false;
    content += length;
    at += 3 + stored;
  }
  const bool checksum = (*descriptor & kChecksumFlag) != 0;
  return content == size && at + (checksum ? 4 : 0) == frame.size();
}

}  // namespace san::zst
