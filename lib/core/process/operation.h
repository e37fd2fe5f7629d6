// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>

#include "core/process/log.h"

namespace san {

/// One use of the library by a program that is not a tool of ours: how it is stopped, and where its messages
/// go, in place of signals and stderr. It is that of the threads that work for it, so that two at once in one
/// process do not disturb each other. The tools have none. Thread-safe.
class Operation {
 public:
  /// Makes an operation that ends when `stop` is requested. `message` gets its messages, one at a time, up to
  /// Level::info; if it is empty they are dropped.
  Operation(std::stop_token stop, log::Sink message) : stop_(std::move(stop)), message_(std::move(message)) {}

  /// Returns the operation for which this thread works; null for none.
  static const std::shared_ptr<const Operation>& current() noexcept { return of_this_thread(); }

  bool stop_requested() const noexcept { return stop_.stop_requested(); }
  /// Passes on a message.
  void tell(log::Level level, std::string_view text) const;

  /// Lets this thread work for `operation`, null for none, for as long as it lives.
  class Scope {
   public:
    explicit Scope(std::shared_ptr<const Operation> operation)
        : before_(std::exchange(of_this_thread(), std::move(operation))) {}
    ~Scope() { of_this_thread() = std::move(before_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    std::shared_ptr<const Operation> before_;
  };

 private:
  static std::shared_ptr<const Operation>& of_this_thread() noexcept;

  const std::stop_token stop_;
  const log::Sink message_;
  mutable std::mutex telling_;
};

/// Starts a thread that works for the operation of the thread that calls this. Throws std::system_error.
template <typename Work>
std::thread start_thread(Work work) {
  return std::thread([operation = Operation::current(), work = std::move(work)]() mutable {
    const Operation::Scope scope(std::move(operation));
    work();
  });
}

}  // namespace san
