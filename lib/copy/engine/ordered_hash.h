// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "core/hash.h"

namespace san {

/// The hash of a whole source whose pieces arrive out of order. A piece that comes early is kept (its owner
/// with it) until its turn; whoever brings the missing one hashes what follows too. Thread-safe.
class OrderedHash {
 public:
  /// The piece at `offset`; `owner` keeps `bytes` alive.
  void add(std::uint64_t offset, std::span<const std::byte> bytes, std::shared_ptr<const void> owner);
  /// The same, all zeros.
  void add_zeros(std::uint64_t offset, std::uint64_t length);

  /// Lets go of what waits, and takes nothing more: a piece that failed will never come, and the buffers of
  /// those behind it would wait for ever.
  void stop();

  /// Bytes hashed so far, without a gap from the start.
  std::uint64_t position() const;
  /// The hash of them.
  Hash128 digest() const;

 private:
  struct Piece {
    const std::byte* data;  ///< null: zeros
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

}  // namespace san
