// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace san {

/// Literal text of the source. Text read at run time cannot become one: that does not compile.
class SourceText {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is one
  consteval SourceText(const char (&text)[N]) : text_(text, N - 1) {}

  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace san
