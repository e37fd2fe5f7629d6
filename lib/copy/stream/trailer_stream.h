// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "copy/stream/input_stream.h"

namespace san::copy {

/// Disk read from another stream whose end may show that it is an image. A VHD of fixed size is read without
/// its footer; read() throws Error(failed) at the end of an Apple disk image.
class TrailerStream final : public InputStream {
 public:
  /// Reads `stream`.
  explicit TrailerStream(std::unique_ptr<InputStream> stream);
  bool proves_end() const override { return stream_->proves_end(); }

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  void end();

  std::unique_ptr<InputStream> stream_;
  std::vector<std::byte> buffer_;  ///< read from stream_, and not yet returned
  std::uint64_t size_ = 0;         ///< bytes read from stream_
  bool ended_ = false;
};

}  // namespace san::copy
