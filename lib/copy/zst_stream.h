// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/file_open.h"
#include "block/zst_frame.h"
#include "copy/input_stream.h"

namespace san {

/// A .zst file without a seek table, decompressed from front to back.
class ZstStream final : public InputStream {
 public:
  /// Throws Error as open_file() does for a source.
  ZstStream(const std::string& path, bool force_in_use);

 protected:
  /// As InputStream's. Error(failed) as well for what is no .zst file, is damaged or cut off, or needs a
  /// window of more than 2^zst::kWindowLog bytes.
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  void fill();

  OpenFile file_;
  zst::Decompressor decompress_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> rest_;  ///< of it, not yet decompressed
  std::uint64_t at_ = 0;             ///< bytes of the file read so far
};

}  // namespace san
