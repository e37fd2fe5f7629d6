// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace san::copy {

/// Pool of buffers of one size, aligned for O_DIRECT. Their number is bounded, which keeps memory small
/// whatever the size of the disk. Thread-safe. The pool must outlive its buffers.
class BufferPool {
 public:
  /// Prepares for `count` buffers of `size` bytes each; memory is allocated when it is first needed.
  BufferPool(std::size_t size, std::size_t count);
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// Returns a buffer that goes back to the pool with its last owner; null if none became free within
  /// `timeout`. The content is undefined.
  std::shared_ptr<std::byte> acquire(std::chrono::milliseconds timeout);

  /// Returns the bytes of a buffer.
  std::size_t size() const { return size_; }
  /// Returns the number of buffers, those included that are not yet allocated.
  std::size_t count() const { return count_; }
  /// Returns the number of buffers that have an owner.
  std::size_t in_use() const;

 private:
  std::byte* make();
  void release(std::byte* buffer);
  bool worth_waking() const;

  const std::size_t size_, count_;
  const std::size_t slab_;  ///< number of buffers that are allocated together
  mutable std::mutex mutex_;
  std::condition_variable free_again_;
  std::vector<std::byte*> slabs_, free_;
  std::size_t made_ = 0;
  unsigned waiting_ = 0;
};

}  // namespace san::copy
