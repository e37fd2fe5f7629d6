// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/trailer_stream.h"

#include <algorithm>

#include "block/image/container.h"
#include "block/image/image_format.h"

namespace san::copy {

TrailerStream::TrailerStream(std::unique_ptr<InputStream> stream)
    : InputStream(stream->name(), -1), stream_(std::move(stream)) {}

void TrailerStream::end() {
  ended_ = true;
  if (buffer_.size() < kTrailer) return;
  const auto tail = std::span(buffer_).last(kTrailer);
  if (recognise_footer(tail, size_)) return buffer_.resize(buffer_.size() - kTrailer);
  const auto found = recognise_trailer(tail);
  if (!found) return;
  const Error refused = no_disk(*found, name(), Came::as_stream);
  throw refused.with(Exit::failed, refused.cause() + "; what was written of it is not a clone");
}

std::optional<std::size_t> TrailerStream::fetch(std::span<std::byte> into,
                                                const std::function<bool()>& keep_going) {
  const std::size_t held = buffer_.size(), wanted = into.size() + kTrailer;
  if (!ended_ && held < wanted) {
    buffer_.resize(wanted);
    const auto got = stream_->read(std::span(buffer_).subspan(held), keep_going);
    buffer_.resize(held + got.value_or(0));
    if (!got) return std::nullopt;
    size_ += *got;
    if (buffer_.size() < wanted) end();
  }
  const std::size_t free = ended_ ? buffer_.size() : buffer_.size() - kTrailer;
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(free, into.size()));
  std::copy(buffer_.begin(), end, into.begin());
  const auto given = static_cast<std::size_t>(end - buffer_.begin());
  buffer_.erase(buffer_.begin(), end);
  return given;
}

}  // namespace san::copy
