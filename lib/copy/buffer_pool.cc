// SPDX-License-Identifier: Apache-2.0
#include "copy/buffer_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "core/units.h"

namespace san::copy {
namespace {

/// Large pages (2 MiB on x86-64): fewer faults when the memory is first touched, and fewer misses of the TLB
/// whenever it is copied.
constexpr std::size_t kLargePage = 2 * MiB;
constexpr std::align_val_t kAlignment{kLargePage};
constexpr std::size_t kPage = 4096;
/// Free buffers at which a waiting reader is woken: to go to sleep for each one costs more than to read it.
constexpr std::size_t kWorthWaking = 4;

}  // namespace

BufferPool::BufferPool(std::size_t size, std::size_t count)
    : size_(size), count_(count), slab_(std::max<std::size_t>(1, kLargePage / size)) {
  free_.reserve(count);
}

BufferPool::~BufferPool() {
  for (std::byte* slab : slabs_) ::operator delete(slab, kAlignment);
}

std::byte* BufferPool::make() {
  const std::size_t index = made_ % slab_;
  if (index == 0) {
    const std::size_t bytes = round_up(std::min(slab_, count_ - made_) * size_, kPage);
    slabs_.push_back(static_cast<std::byte*>(::operator new(bytes, kAlignment)));
    // Advice only: errors do not matter.
    static_cast<void>(madvise(slabs_.back(), bytes, MADV_HUGEPAGE));
  }
  ++made_;
  return slabs_.back() + index * size_;
}

std::shared_ptr<std::byte> BufferPool::acquire(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (free_.empty() && made_ == count_) {
    ++waiting_;
    free_again_.wait_for(lock, timeout, [this] { return worth_waking(); });
    --waiting_;
  }
  std::byte* buffer = nullptr;
  if (!free_.empty()) {
    // The buffer used last is the most likely to be in the processor's cache.
    buffer = free_.back();
    free_.pop_back();
  } else if (made_ < count_) {
    buffer = make();
  } else {
    return nullptr;
  }
  return {buffer, [this](std::byte* p) { release(p); }};
}

std::size_t BufferPool::in_use() const {
  const std::scoped_lock lock(mutex_);
  return made_ - free_.size();
}

void BufferPool::release(std::byte* buffer) {
  // Under the lock: a thread that sees by in_use() that this was the last buffer may destroy the pool.
  const std::scoped_lock lock(mutex_);
  free_.push_back(buffer);
  if (waiting_ > 0 && worth_waking()) free_again_.notify_one();
}

bool BufferPool::worth_waking() const {
  return free_.size() >= std::min(kWorthWaking, std::max<std::size_t>(1, count_ / 4));
}

}  // namespace san::copy
