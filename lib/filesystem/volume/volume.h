// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "core/endian.h"

namespace san::filesystem {

/// Reason why the metadata of a file system cannot be used. Thrown inside this layer; its public functions
/// turn it into a result or an Error.
struct MetadataError {
  std::string why;     ///< a clause: "its journal needs recovery"
  bool dirty = false;  ///< true if a clean unmount would remedy it
};

/// Throws MetadataError about metadata that contradicts itself: "its WHAT is inconsistent: DETAIL".
[[noreturn]] void throw_inconsistent(const std::string& what, const std::string& detail);

/// Partition as its file system sees it: offsets start at 0, reads may have any alignment and stay inside.
/// Small reads go through a cache of 1 MiB, because metadata lies in clusters and every read of a LUN is a
/// round trip.
/// Not for use by two threads at once.
class Volume {
 public:
  /// Opens a range of `device`, which has to outlive this object. Throws Error(failed) if the range does not
  /// lie within the device.
  Volume(ReadableDevice& device, std::uint64_t offset, std::uint64_t length);

  std::uint64_t size() const { return length_; }
  std::uint64_t offset() const { return offset_; }

  /// Returns true if [offset, offset + length) lies in the partition.
  bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= length_ && length <= length_ - offset;
  }

  /// Fills `into`. Throws MetadataError that names `what` if the range is not in the partition, Error if the
  /// device cannot read it.
  void read(std::uint64_t offset, std::span<std::byte> into, const char* what);

  /// Reads the structure at `offset`. Throws as read() does.
  template <typename T>
  T get(std::uint64_t offset, const char* what) {
    std::array<std::byte, sizeof(T)> bytes{};
    read(offset, bytes, what);
    return *read_at<T>(bytes, 0);
  }

  /// Hands [offset, offset + length) to `piece`, in order, in pieces of `step` bytes (the last may be
  /// shorter), past the cache. Throws as read() does.
  void stream(std::uint64_t offset, std::uint64_t length, std::size_t step, const char* what,
              const std::function<void(std::span<const std::byte>)>& piece);

 private:
  static constexpr std::size_t kLine = std::size_t{64} << 10;
  static constexpr std::size_t kLines = 16;
  struct Line {
    std::uint64_t start = 0;  ///< on the device
    std::uint64_t used = 0;   ///< value of clock_ at its last use: the oldest line is dropped
    std::vector<std::byte> bytes;
  };

  void check(std::uint64_t offset, std::uint64_t length, const char* what) const;
  /// Reads whole logical blocks around the range; `buffer` is resized. Returns the range itself.
  std::span<const std::byte> read_around(std::uint64_t start, std::uint64_t length,
                                         std::vector<std::byte>& buffer);
  const Line& line(std::uint64_t start);

  ReadableDevice& device_;
  std::uint64_t offset_, length_;
  std::uint64_t clock_ = 0;
  std::array<Line, kLines> lines_;
};

}  // namespace san::filesystem
