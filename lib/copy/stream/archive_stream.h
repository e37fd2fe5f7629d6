// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/stream/packed_stream.h"

namespace san {

/// What another stream holds in a form that libarchive unpacks.
class ArchiveStream final : public PackedStream {
 public:
  ArchiveStream(std::unique_ptr<InputStream> packed, Container::Packing packing);
  ~ArchiveStream() override;
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into, const KeepGoing& keep_going) override;

 private:
  struct Reader;
  /// Goes on with what libarchive gives. Nothing where `keep_going` said no.
  std::optional<std::size_t> unpacked(std::span<std::byte> into);
  [[noreturn]] void fail() const;

  std::unique_ptr<Reader> reader_;
};

}  // namespace san
