// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/stream/packed_stream.h"

namespace san {

/// What another stream holds in gzip's form (RFC 1952), whose checksums and lengths are looked at.
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
  /// Between members: goes on with the next one, or ends. False where `keep_going` said no.
  bool begin_member(const KeepGoing& keep_going);

  std::unique_ptr<Inflater> inflater_;
  std::span<const std::byte> rest_;  ///< packed bytes, not yet used
  std::vector<std::byte> begun_;     ///< holds them where a header lies across two pieces
  bool within_ = true, ended_ = false;
};

}  // namespace san
