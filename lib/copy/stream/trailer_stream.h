// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "copy/stream/input_stream.h"

namespace san {

/// Another stream, as a disk: what shows at its end only that it is an image is seen when it comes. A VHD of
/// fixed size is read without its footer; read() throws Error(failed) where it was an Apple disk image.
class TrailerStream final : public InputStream {
 public:
  explicit TrailerStream(std::unique_ptr<InputStream> stream);
  bool proves_end() const override { return stream_->proves_end(); }

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into,
                                   const std::function<bool()>& keep_going) override;

 private:
  void end();

  std::unique_ptr<InputStream> stream_;
  std::vector<std::byte> buffer_;  ///< read, and not yet given
  std::uint64_t size_ = 0;         ///< of what was read
  bool ended_ = false;
};

}  // namespace san
