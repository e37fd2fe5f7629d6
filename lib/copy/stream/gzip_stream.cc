// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/gzip_stream.h"

#include <zlib.h>

#include <algorithm>
#include <climits>

namespace san::copy {

struct GzipStream::Inflater {
  Inflater() {
    // 16: a header and a trailer of gzip, with its checksum and length (zlib.h).
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
      throw Error(Exit::failed, "zlib", "does not start: there is no memory left");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream = {};
};

GzipStream::GzipStream(std::unique_ptr<InputStream> packed)
    : PackedStream(std::move(packed), Container::Packing::gzip), inflater_(std::make_unique<Inflater>()) {}

GzipStream::~GzipStream() = default;

bool GzipStream::begin_member(const KeepGoing& keep_going) {
  // Two bytes identify a header; the piece may have ended between them.
  constexpr std::size_t kMagic = 2;
  if (rest_.size() < kMagic && !all_given()) {
    begun_.assign(rest_.begin(), rest_.end());
    const auto more = next(keep_going);
    if (!more) return false;
    begun_.insert(begun_.end(), more->begin(), more->end());
    rest_ = begun_;
  }
  if (rest_.size() >= kMagic && rest_[0] == std::byte{0x1F} && rest_[1] == std::byte{0x8B}) {
    inflateReset(&inflater_->stream);
    within_ = true;
    return true;
  }
  if (!pass_over(rest_, keep_going)) return false;
  rest_ = {};
  ended_ = true;
  return true;
}

std::optional<std::size_t> GzipStream::fetch(std::span<std::byte> into, const KeepGoing& keep_going) {
  z_stream& z = inflater_->stream;
  const std::size_t wanted = into.size();
  while (!into.empty() && !ended_) {
    if (!within_) {
      if (!begin_member(keep_going)) return std::nullopt;
      continue;
    }
    if (rest_.empty()) {
      const auto more = next(keep_going);
      if (!more) return std::nullopt;
      rest_ = *more;
    }
    z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(rest_.data()));
    z.avail_in = static_cast<uInt>(rest_.size());
    z.next_out = reinterpret_cast<Bytef*>(into.data());
    z.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), INT_MAX));
    const uInt capacity = z.avail_out;
    const bool nothing_more = rest_.empty();
    const int result = inflate(&z, Z_NO_FLUSH);
    rest_ = rest_.last(z.avail_in);
    into = into.subspan(capacity - z.avail_out);
    if (result == Z_STREAM_END)
      within_ = false;
    else if (result == Z_BUF_ERROR && nothing_more)
      throw cut_off();
    else if (result != Z_OK && result != Z_BUF_ERROR)
      throw damaged(given() - rest_.size(), z.msg);
  }
  return wanted - into.size();
}

}  // namespace san::copy
