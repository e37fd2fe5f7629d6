// SPDX-License-Identifier: Apache-2.0
// A zstd stream between the marks of its beginning and its end, or without them: it ends, with all of its
// content or with an error.
#include <cstdlib>

#include "block/zst/zst_marks.h"
#include "copy/stream/zst_stream.h"
#include "core/error.h"

namespace {

class Bytes final : public san::copy::InputStream {
 public:
  explicit Bytes(std::vector<std::byte> bytes) : InputStream("fuzz", -1), bytes_(std::move(bytes)) {}

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into, const std::function<bool()>&) override {
    const std::size_t part = std::min(into.size(), bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), part, into.begin());
    at_ += part;
    return part;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::byte> bytes;
  if ((data[0] & 1) != 0) bytes = san::zst::begin_mark();
  const auto* const from = reinterpret_cast<const std::byte*>(data) + 1;
  bytes.insert(bytes.end(), from, from + size - 1);
  san::copy::ZstStream stream(std::make_unique<Bytes>(std::move(bytes)));
  try {
    std::vector<std::byte> content(65536);
    // A bomb of zeros is none of its business.
    for (int i = 0; i < 64; ++i)
      if (stream.read(content, [] { return true; }).value() < content.size()) {
        if ((data[0] & 1) != 0 && !stream.proves_end()) std::abort();
        break;
      }
  } catch (const san::Error&) {
  }
  return 0;
}
