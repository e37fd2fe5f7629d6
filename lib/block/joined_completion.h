// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "block/completion.h"

namespace san {

/// Completion of a request that is done in parts: the request ends with the last of them, and with the first
/// error. Its maker holds a part of its own until all others have begun, and ends that by end(nullptr).
/// Thread-safe.
class JoinedCompletion {
 public:
  /// Takes over `done`, with the maker's part begun.
  explicit JoinedCompletion(Completion done) : done_(std::move(done)) {}
  JoinedCompletion(const JoinedCompletion&) = delete;
  JoinedCompletion& operator=(const JoinedCompletion&) = delete;

  /// Begins a part, which end() ends. Only while another one has not ended.
  void begin() { ++left_; }
  /// Ends a part; `error` is null for success. The last one ends the request before this returns.
  void end(const Error* error) {
    if (error != nullptr) {
      const std::scoped_lock lock(mutex_);
      if (!error_) error_ = *error;
    }
    if (--left_ == 0) done_(error_ ? &*error_ : nullptr);
  }

  /// Begins a part of `whole` that ends with the returned completion.
  static Completion part(const std::shared_ptr<JoinedCompletion>& whole) {
    whole->begin();
    return [whole](const Error* error) { whole->end(error); };
  }

 private:
  std::atomic<std::size_t> left_{1};
  Completion done_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace san
