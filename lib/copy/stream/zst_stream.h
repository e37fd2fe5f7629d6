// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "block/zst/zst_frame.h"
#include "block/zst/zst_marks.h"
#include "copy/stream/input_stream.h"

namespace san::copy {

/// Zstd stream, decompressed from front to back: the output of a program, or a .zst file without a seek
/// table. A stream that sanboot wrote announces at its beginning that an end mark follows, and must have
/// that.
class ZstStream final : public InputStream {
 public:
  /// Reads `packed`.
  explicit ZstStream(std::unique_ptr<InputStream> packed);

  bool proves_end() const override { return end_ && end_of_input_; }

 protected:
  /// Throws Error(failed) as well if it is no zstd stream, is damaged or cut off, has another length or hash
  /// than its end mark states, or needs a window of more than 2^zst::kWindowLog bytes.
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  /// Result of pass_marks(): a frame follows, the stream ends, or `keep_going` returned false.
  enum class Step { done, end, stopped };
  /// Fills rest_ up to `bytes` bytes, if so many come: fewer only at the end of the input. False if
  /// `keep_going` returned false.
  bool hold(std::size_t bytes, const std::function<bool()>& keep_going);
  /// Skips frames without content between two frames, to the next one with content or to the end.
  Step pass_marks(const std::function<bool()>& keep_going);
  void check_end();
  [[noreturn]] void cut_off(const std::string& what) const;
  void take(std::size_t bytes);

  std::unique_ptr<InputStream> packed_;
  zst::Decompressor decompress_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> rest_;  ///< part of buffer_ not yet decompressed
  std::uint64_t at_ = 0;             ///< bytes in front of rest_
  bool end_of_input_ = false;        ///< no bytes follow rest_
  std::uint64_t length_ = 0;         ///< bytes of content so far
  std::unique_ptr<Hasher> hash_;     ///< of the content; null if no end mark was announced
  std::optional<zst::End> end_;      ///< the end mark, once it has come
};

}  // namespace san::copy
