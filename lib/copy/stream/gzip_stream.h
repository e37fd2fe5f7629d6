// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/stream/packed_stream.h"

namespace san::copy {

/// Content of another stream in gzip's format (RFC 1952); checksums and lengths are verified.
class GzipStream final : public PackedStream {
 public:
  explicit GzipStream(std::unique_ptr<InputStream> packed);
  ~GzipStream() override;
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into, const KeepGoing& keep_going) override;

 private:
  struct Inflater;
  /// Begins the next member, or ends the stream. False if `keep_going` returned false.
  bool begin_member(const KeepGoing& keep_going);

  std::unique_ptr<Inflater> inflater_;
  std::span<const std::byte> rest_;  ///< packed bytes not yet used
  std::vector<std::byte> begun_;     ///< owner of rest_ if a header lies across two pieces
  bool within_ = true, ended_ = false;
};

}  // namespace san::copy
