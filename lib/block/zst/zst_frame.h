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

/// Compresses frames, with the size of the content in the header and its checksum at the end (RFC 8878,
/// 3.1.1). For one thread at a time.
class Compressor {
 public:
  Compressor();
  /// Returns the frame of `content`. Throws std::bad_alloc.
  std::vector<std::byte> operator()(std::span<const std::byte> content);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::byte> buffer_;  ///< kept for the next frame: the worst case is much larger than the result
};

/// Largest window that is accepted, as a power of two: a decoder holds it in memory. `zstd --ultra -21` and
/// --long need more.
inline constexpr int kWindowLog = 25;

/// Decompresses frames. For one thread at a time.
class Decompressor {
 public:
  Decompressor();
  /// Decompresses `frame` into `into`. Returns an empty text if its content fills `into` exactly, else a
  /// description of the error.
  std::string operator()(std::span<const std::byte> frame, std::span<std::byte> into);
  /// Decompresses the next part of a stream of frames from the front of `from` to the front of `into`, and
  /// reduces both spans to what remains. Returns a description of the error, empty on success.
  std::string step(std::span<const std::byte>& from, std::span<std::byte>& into);
  /// True if step() has reached the end of a frame.
  bool at_end() const { return at_end_; }

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  bool at_end_ = true;
};

/// True if a file that begins with `front` is a .zst file, by the magic number of a frame or of a skippable
/// frame.
bool begins_like_frame(std::span<const std::byte> front);
/// True if `first` is the first byte of one of these magic numbers.
bool begins_like_stump(std::byte first);

/// Returns the largest size in bytes of a frame with `size` bytes of content.
std::size_t bound(std::size_t size);

/// Makes the frame of `size` zeros (1 to 2^32-1) without compressing: 4 bytes for each 128 KiB, and a reader
/// can recognise from the frame alone that it has only zeros.
std::vector<std::byte> zero_frame(std::uint32_t size);
/// Returns the length of that frame in bytes.
std::size_t zero_frame_length(std::uint32_t size);
/// True if `frame` is one frame whose content is `size` zeros, judged by its structure alone: raw and RLE
/// blocks of zeros. False if it has zeros in any other form.
bool is_zero_frame(std::span<const std::byte> frame, std::uint32_t size);

}  // namespace san::zst
