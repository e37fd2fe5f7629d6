// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "copy/stream/packed_stream.h"

namespace san::copy {

/// Content of another stream that libarchive decompresses.
class ArchiveStream final : public PackedStream {
 public:
  /// Reads `packed`, which is compressed by `packing`.
  ArchiveStream(std::unique_ptr<InputStream> packed, Container::Packing packing);
  ~ArchiveStream() override;
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

 protected:
  std::optional<std::size_t> fetch(std::span<std::byte> into, const KeepGoing& keep_going) override;

 private:
  struct Reader;
  /// Copies the next bytes from libarchive; nothing if `keep_going` returned false.
  std::optional<std::size_t> unpacked(std::span<std::byte> into);
  [[noreturn]] void fail() const;

  std::unique_ptr<Reader> reader_;
};

}  // namespace san::copy
