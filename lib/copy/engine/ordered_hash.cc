// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/ordered_hash.h"

namespace san::copy {

void OrderedHash::add(std::uint64_t offset, std::span<const std::byte> bytes,
                      std::shared_ptr<const void> owner) {
  if (!bytes.empty()) add(offset, Piece{bytes.data(), bytes.size(), std::move(owner)});
}

void OrderedHash::add_zeros(std::uint64_t offset, std::uint64_t length) {
  if (length > 0) add(offset, Piece{nullptr, length, nullptr});
}

void OrderedHash::add(std::uint64_t offset, Piece piece) {
  std::unique_lock lock(mutex_);
  if (stopped_) return;
  waiting_.emplace(offset, std::move(piece));
  if (busy_) return;
  busy_ = true;
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first == next_; it = waiting_.begin()) {
    Piece now = std::move(it->second);
    waiting_.erase(it);
    lock.unlock();
    if (now.data != nullptr)
      hasher_.update({now.data, static_cast<std::size_t>(now.length)});
    else
      hasher_.update_zeros(now.length);
    now.owner.reset();
    lock.lock();
    next_ += now.length;
  }
  busy_ = false;
}

void OrderedHash::stop() {
  std::map<std::uint64_t, Piece> dropped;
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
  dropped.swap(waiting_);
}

std::uint64_t OrderedHash::position() const {
  const std::scoped_lock lock(mutex_);
  return next_;
}

Hash128 OrderedHash::digest() const {
  const std::scoped_lock lock(mutex_);
  return hasher_.digest();
}

}  // namespace san::copy
