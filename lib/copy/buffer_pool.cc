// SPDX-License-Identifier: Apache-2.0
#include "copy/buffer_pool.h"

#include <new>

namespace san {
namespace {
constexpr std::align_val_t kAlignment{4096};
}

BufferPool::BufferPool(std::size_t size, std::size_t count) : size_(size), count_(count) {
  free_.reserve(count);
}

BufferPool::~BufferPool() {
  for (std::byte* buffer : free_) ::operator delete(buffer, kAlignment);
}

std::shared_ptr<std::byte> BufferPool::acquire(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  free_again_.wait_for(lock, patience, [this] { return !free_.empty() || made_ < count_; });
  std::byte* buffer = nullptr;
  if (!free_.empty()) {
    // The one used last is the one most likely still in the cache.
    buffer = free_.back();
    free_.pop_back();
  } else if (made_ < count_) {
    buffer = static_cast<std::byte*>(::operator new(size_, kAlignment));
    ++made_;
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
  // Under the lock: whoever sees by in_use() that this was the last buffer may destroy the pool.
  const std::scoped_lock lock(mutex_);
  free_.push_back(buffer);
  free_again_.notify_one();
}

}  // namespace san
