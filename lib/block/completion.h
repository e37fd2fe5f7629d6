// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "core/error.h"
#include "core/unique_function.h"

namespace san {

/// Callback for the end of a request. A device calls it exactly once, from any thread, possibly before the
/// submitting call has returned. It must not throw and must not wait for another request of the same device;
/// it may submit more requests. It is moved from the caller to the device and never copied, and what it holds
/// is released before the call returns: no buffer outlives its request.
class Completion {
 public:
  Completion() = default;
  /// Takes over `callback`, which receives what operator() is called with.
  template <typename Callback>
  requires(!std::same_as<std::remove_cvref_t<Callback>, Completion> &&
           std::is_invocable_v<std::decay_t<Callback>&, const Error*>)
      Completion(Callback&& callback)  // NOLINT(google-explicit-constructor): a lambda is passed as it is
      : callback_(std::forward<Callback>(callback)) {}

  /// Ends the request: `error` is null for success, and valid only during the call. Once.
  void operator()(const Error* error) { std::exchange(callback_, {})(error); }

 private:
  UniqueFunction<void(const Error*)> callback_;
};

/// Runs `work` and completes with success, or with the Error that it throws.
template <typename Work>
void complete_with(Completion done, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    done(&error);
    return;
  }
  done(nullptr);
}

}  // namespace san
