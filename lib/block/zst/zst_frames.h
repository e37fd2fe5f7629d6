// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <vector>

#include "block/joined_completion.h"
#include "block/readable_device.h"
#include "block/zst/zst_seek_table.h"
#include "system/worker_pool.h"

namespace san {

/// The content of a .zst file, read through its seek table with several frames at once on a few threads. Each
/// frame is decompressed once for all pending requests that touch it, and up to 4 MiB of recent frames are
/// kept. Thread-safe.
class ZstFrames {
 public:
  /// Largest frame in bytes of content that is decompressed; larger ones must be recognisable as zeros from
  /// the frame alone.
  static constexpr std::uint32_t kMaxSize = 8U << 20;

  /// Reads from the open file `fd`, which must outlive it. `name` is for messages.
  ZstFrames(std::string name, int fd, SeekTable table);
  /// Waits for the pending requests.
  ~ZstFrames() = default;
  ZstFrames(const ZstFrames&) = delete;
  ZstFrames& operator=(const ZstFrames&) = delete;

  /// True if read() can read every frame: it is small enough, or has only zeros. Throws Error if the file
  /// cannot be read.
  bool readable();
  /// Returns the current number of bytes of content.
  std::uint64_t size() const;
  /// Appends a frame to the table: `stored` bytes of the file, which contain `size` bytes.
  void append(std::uint32_t stored, std::uint32_t size);
  /// Returns a copy of the current table.
  SeekTable table() const;

  /// Reads from `offset` on until `into` is full; bytes after the content are zeros.
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done);
  /// Lists extents as ReadableDevice::extents() does. Frames of zeros are recognised from the frames, not
  /// from the table. Bytes after the content are zeros too.
  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length, std::uint32_t block);

 private:
  using Frame = SeekTable::Frame;
  using Bytes = std::shared_ptr<const std::vector<std::byte>>;
  /// The part of a request within one frame.
  struct Part {
    std::shared_ptr<JoinedCompletion> request;  ///< completes when its last frame does
    std::span<std::byte> into;
    std::size_t from = 0;  ///< offset within the frame
  };

  void start(const Frame& frame, const Part& part);
  void decode(const Frame& frame);
  Bytes content(const Frame& frame);
  /// Reads the bytes of the frame from the file. They are valid until the same thread calls again.
  std::span<const std::byte> stored(const Frame& frame);
  bool is_zero(const Frame& frame);
  Error damaged(const Frame& frame, const std::string& what) const;

  const std::string name_;
  const int fd_;
  mutable std::mutex mutex_;
  SeekTable table_;
  enum class Kind : std::uint8_t { unknown, zero, data };
  std::vector<Kind> kinds_;
  std::map<std::size_t, std::vector<Part>> waiting_;  ///< parts to complete, by the index of the frame
  std::list<std::pair<std::size_t, Bytes>> recent_;   ///< kept frames, the last used first
  WorkerPool pool_;                                   // Last: its destructor still runs requests.
};

}  // namespace san
