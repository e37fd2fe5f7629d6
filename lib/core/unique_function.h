// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace san {

template <typename Signature>
class UniqueFunction;

/// A std::function that is moved and never copied, so what it holds has one owner. (std::move_only_function
/// is of C++23.) Empty after it was moved from.
template <typename Result, typename... Arguments>
class UniqueFunction<Result(Arguments...)> {
 public:
  UniqueFunction() = default;
  /// Takes over `callable`.
  template <typename Callable>
  requires(!std::same_as<std::remove_cvref_t<Callable>, UniqueFunction> &&
           std::is_invocable_r_v<Result, std::decay_t<Callable>&, Arguments...>)
      UniqueFunction(Callable&& callable)  // NOLINT(google-explicit-constructor): a lambda is passed as it is
      : held_(std::make_unique<Held<std::decay_t<Callable>>>(std::forward<Callable>(callable))) {}

  /// Returns true unless it is empty.
  explicit operator bool() const { return held_ != nullptr; }
  /// Calls what it holds. It must not be empty.
  Result operator()(Arguments... arguments) const {
    return held_->call(std::forward<Arguments>(arguments)...);
  }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual Result call(Arguments... arguments) = 0;
  };
  template <typename Function>
  struct Held final : Callable {
    explicit Held(Function function) : function_(std::move(function)) {}
    Result call(Arguments... arguments) override { return function_(std::forward<Arguments>(arguments)...); }
    Function function_;
  };

  std::unique_ptr<Callable> held_;
};

}  // namespace san
