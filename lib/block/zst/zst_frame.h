// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace san::zst {

inline constexpr int kLevel = 3;  ///< zstd's own default

/// Makes frames with their content's size in the header and its checksum behind it (RFC 8878, 3.1.1). One
/// thread at a time.
class Compressor {
 public:
  Compressor();
  /// The frame of `content`.
  std::vector<std::byte> operator()(std::span<const std::byte> content);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::byte> room_;  ///< kept: what is returned is small, and the worst case is not
};

/// The largest window that is accepted: a decoder holds it in memory. `zstd --ultra -21` and --long need
/// more.
inline constexpr int kWindowLog = 25;

/// Reads frames. One thread at a time.
class Decompressor {
 public:
  Decompressor();
  /// Fills `into` from `frame`. Empty if that went well and was exactly all of it, else what is wrong.
  std::string operator()(std::span<const std::byte> frame, std::span<std::byte> into);
  /// Goes on with a stream of frames: takes from the front of `from` and gives to the front of `into`, and
  /// cuts both to what is left. Throws nothing; what is wrong is returned.
  std::string step(std::span<const std::byte>& from, std::span<std::byte>& into);
  /// Whether step() has come to the end of a frame.
  bool at_end() const { return at_end_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  bool at_end_ = true;
};

/// Whether a file that begins with `front` is a .zst file: by the magic number of a frame or of a skippable
/// one.
bool begins_like_frame(std::span<const std::byte> front);
/// Whether `first` is the first byte of one of these numbers.
bool begins_like_stump(std::byte first);

/// The largest number of bytes that a frame of `size` bytes of content takes.
std::size_t bound(std::size_t size);

/// The frame of `size` zeros (1 to 2^32-1), made by hand: 4 bytes for each 128 KiB, and a reader can see from
/// the frame that it holds nothing else.
std::vector<std::byte> zero_frame(std::uint32_t size);
/// How long that is.
std::size_t zero_frame_length(std::uint32_t size);
/// Whether `frame` is one frame whose content is `size` zeros, by its structure alone: raw and RLE blocks of
/// zeros. False where that cannot be told so.
bool is_zero_frame(std::span<const std::byte> frame, std::uint32_t size);

}  // namespace san::zst
