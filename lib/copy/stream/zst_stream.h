// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "block/zst/zst_frame.h"
#include "block/zst/zst_marks.h"
#include "copy/stream/input_stream.h"

namespace san {

/// A zstd stream, decompressed from front to back: what comes from a program, or a .zst file without a seek
/// table. One that sanboot wrote says at its beginning that an end follows, and must have that end.
class ZstStream final : public InputStream {
 public:
  explicit ZstStream(std::unique_ptr<InputStream> packed);

  bool proves_end() const override { return end_ && end_of_input_; }

 protected:
  /// As InputStream's. Error(failed) as well for what is no zstd stream, is damaged or cut off, has another
  /// length or hash than its end says, or needs a window of more than 2^zst::kWindowLog bytes.
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  enum class Step { done, end, stopped };
  /// Makes rest_ hold `bytes` bytes, if so many come: fewer only at the end of the input. False: stopped.
  bool hold(std::size_t bytes, const std::function<bool()>& keep_going);
  /// Between two frames: goes past what no content is in, to a frame or to the end.
  Step pass_marks(const std::function<bool()>& keep_going);
  void check_end();
  [[noreturn]] void cut_off(const std::string& what) const;
  void take(std::size_t bytes);

  std::unique_ptr<InputStream> packed_;
  zst::Decompressor decompress_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> rest_;  ///< of it, not yet decompressed
  std::uint64_t at_ = 0;             ///< bytes in front of rest_
  bool end_of_input_ = false;        ///< nothing comes behind rest_
  std::uint64_t length_ = 0;         ///< bytes of content so far
  std::unique_ptr<Hasher> hash_;     ///< of them; null where no end was announced
  std::optional<zst::End> end_;      ///< the one that came
};

}  // namespace san
