// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
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

/// A part of a line in some language: literal text, or one of `Words`, types that only that language's own
/// functions make. No std::string converts to it. It refers to the text that it was made from, and is valid
/// only within the expression that makes it.
template <class... Words>
class Part {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): parts are named without ceremony
  consteval Part(const char (&text)[N]) : text_(SourceText(text).text()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): the same
  constexpr Part(SourceText text) : text_(text.text()) {}
  template <class Word>
  requires(std::same_as<Word, Words> || ...)
      // NOLINTNEXTLINE(google-explicit-constructor): the same
      Part(const Word& word)
      : text_(word.text()) {}

  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace san
