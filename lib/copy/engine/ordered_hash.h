// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "core/hash.h"

namespace san::copy {

/// Hash of a whole source whose pieces arrive out of order. A piece that comes early is kept (and its owner
/// with it) until its turn; the thread that brings the missing one hashes those that follow, too.
/// Thread-safe, digest() excepted.
class OrderedHash {
 public:
  /// Adds the piece at `offset`; `owner` keeps `bytes` alive.
  void add(std::uint64_t offset, std::span<const std::byte> bytes, std::shared_ptr<const void> owner);
  /// Adds a piece of zeros.
  void add_zeros(std::uint64_t offset, std::uint64_t length);

  /// Releases the waiting pieces, and accepts no more: after a piece that failed, the buffers of those behind
  /// it would wait for ever.
  void stop();

  /// Returns the bytes hashed so far, without a gap from the start.
  std::uint64_t position() const;
  /// Returns the hash of the first position() bytes. Only while no thread adds.
  Hash128 digest() const;

 private:
  struct Piece {
    const std::byte* data;  ///< null for zeros
    std::uint64_t length;
    std::shared_ptr<const void> owner;
  };
  void add(std::uint64_t offset, Piece piece);

  mutable std::mutex mutex_;
  std::map<std::uint64_t, Piece> waiting_;
  std::uint64_t next_ = 0;
  bool busy_ = false;  ///< a thread is hashing, without the lock
  bool stopped_ = false;
  Hasher hasher_;
};

}  // namespace san::copy
