// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace san {

/// Secret text, overwritten before its memory is released. The first one that is not empty makes the process
/// non-dumpable (prctl(2), PR_SET_DUMPABLE): no core file has its memory, not even one that is piped to a
/// handler, which RLIMIT_CORE does not prevent, and no process of the same user may read it through /proc or
/// trace it. A process that never holds a secret stays dumpable.
class Secret : public std::string {
 public:
  Secret() = default;
  // Implicit: any text can become a secret. NOLINTNEXTLINE(google-explicit-constructor)
  Secret(std::string text) : std::string(text) {
    wipe(text);
    guard();
  }
  Secret(const char* text) : Secret(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept : std::string(std::move(other)) { wipe(other); }
  Secret& operator=(const Secret& other) {
    if (this == &other) return *this;
    wipe(*this);
    assign(other);
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe(*this);
    std::string::operator=(std::move(other));
    wipe(other);
    return *this;
  }
  ~Secret() { wipe(*this); }

  /// Overwrites the whole capacity of `text` in a way that the compiler cannot optimise away
  /// (explicit_bzero(3)), and empties it.
  static void wipe(std::string& text) noexcept;

 private:
  void guard() const noexcept;
};

}  // namespace san
