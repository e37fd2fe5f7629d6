// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <vector>

#include "block/device.h"
#include "block/zst/zst_seek_table.h"
#include "system/worker_pool.h"

namespace san {

/// Bytes: what is in a .zst file is a disk with blocks of this size, so its length is rounded up to one.
inline constexpr std::uint32_t kZstBlock = 512;

/// Reads the content of a .zst file through its seek table, frames side by side in a few threads. Each frame
/// is decompressed once for all requests under way that touch it, and a few are kept. Thread-safe.
class ZstFrames {
 public:
  /// The largest frame that is decompressed; larger ones must be zeros that can be told from the frame alone.
  static constexpr std::uint32_t kMaxSize = 8U << 20;

  /// Of the open file `fd`, which outlives it. `name` is for messages.
  ZstFrames(std::string name, int fd, SeekTable table);
  /// Waits for what is under way.
  ~ZstFrames() = default;
  ZstFrames(const ZstFrames&) = delete;
  ZstFrames& operator=(const ZstFrames&) = delete;

  /// Whether every frame can be read by read(): it is small enough, or is zeros.
  bool readable();
  /// Bytes of content, as of now.
  std::uint64_t size() const;
  /// The file goes on with a frame of `stored` bytes that hold `size` bytes.
  void append(std::uint32_t stored, std::uint32_t size);
  /// The table as it is now.
  SeekTable table() const;

  /// Fills `into` from `offset` on; what lies behind the content is zeros.
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done);
  /// As Device::extents(); frames of zeros are told by themselves, not by the table. What lies behind the
  /// content is zeros too.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length, std::uint32_t block);

 private:
  using Frame = SeekTable::Frame;
  using Bytes = std::shared_ptr<const std::vector<std::byte>>;
  /// A request, done when its last frame is.
  struct Request;
  /// A part of a request within one frame.
  struct Part {
    std::shared_ptr<Request> request;
    std::span<std::byte> into;
    std::size_t from = 0;  ///< offset within the frame
  };

  void start(const Frame& frame, const Part& part);
  void decode(const Frame& frame);
  Bytes content(const Frame& frame);
  /// Its bytes in the file, good until the same thread asks again.
  std::span<const std::byte> stored(const Frame& frame);
  bool is_zero(const Frame& frame);
  Error damaged(const Frame& frame, const std::string& what) const;

  const std::string name_;
  const int fd_;
  mutable std::mutex mutex_;
  SeekTable table_;
  enum class Kind : std::uint8_t { unknown, zero, data };
  std::vector<Kind> kinds_;
  std::map<std::size_t, std::vector<Part>> waiting_;  ///< by the index of the frame
  std::list<std::pair<std::size_t, Bytes>> recent_;   ///< the last used first
  WorkerPool pool_;                                   // Last: its destructor still runs requests.
};

}  // namespace san
