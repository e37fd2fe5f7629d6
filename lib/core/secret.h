// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace san {

/// Text that nobody else is to see: every copy is overwritten before its memory is given back. With the first
/// one that is not empty the process stops being dumpable (prctl(2), PR_SET_DUMPABLE): no core file has its
/// memory, not even one that is piped to a handler, which RLIMIT_CORE does not keep from it, and no process
/// of the same user may read it through /proc or trace it. One that never holds a secret is dumped as any
/// other.
class Secret : public std::string {
 public:
  Secret() = default;
  // Implicit: a text that is given for a secret is one. NOLINTNEXTLINE(google-explicit-constructor)
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

  /// Overwrites `text` with all the memory it has, so that the compiler cannot leave it out
  /// (explicit_bzero(3)), and empties it.
  static void wipe(std::string& text) noexcept;

 private:
  void guard() const noexcept;
};

}  // namespace san
