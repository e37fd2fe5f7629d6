// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "core/error.h"

namespace san::preflight {

/// A value that is made on first use. If making it threw an Error, every later call throws the same one.
template <typename T>
class Lazy {
 public:
  template <typename Make>
  T& get(Make&& make) {
    if (error_) throw Error(*error_);
    if (!value_) {
      try {
        value_.emplace(std::forward<Make>(make)());
      } catch (const Error& error) {
        // Not kept: a run that was interrupted asks no more.
        if (error.code() != Exit::interrupted) error_ = error;
        throw;
      }
    }
    return *value_;
  }

  /// Takes a value that is known already.
  void set(T value) { value_ = std::move(value); }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

}  // namespace san::preflight
