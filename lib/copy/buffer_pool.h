// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace san {

/// Buffers of one size, aligned for O_DIRECT, bounded in number: what keeps memory small whatever the size of
/// the disk. Thread-safe. It outlives its buffers.
class BufferPool {
 public:
  /// `count` buffers of `size` bytes each; they are made when first needed.
  BufferPool(std::size_t size, std::size_t count);
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// A buffer that goes back to the pool with its last owner; null if none became free within `patience`.
  std::shared_ptr<std::byte> acquire(std::chrono::milliseconds timeout);

  std::size_t size() const { return size_; }
  std::size_t count() const { return count_; }
  /// Buffers with an owner.
  std::size_t in_use() const;

 private:
  std::byte* make();
  void release(std::byte* buffer);
  bool worth_waking() const;

  const std::size_t size_, count_;
  const std::size_t slab_;  ///< buffers that are allocated together
  mutable std::mutex mutex_;
  std::condition_variable free_again_;
  std::vector<std::byte*> slabs_, free_;
  std::size_t made_ = 0;
  unsigned waiting_ = 0;
};

}  // namespace san
