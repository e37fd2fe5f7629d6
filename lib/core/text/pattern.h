// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace san {

/// Functions that a compiler names when a pattern or a literal is wrong: no constant expression may call
/// them, and none is defined.
namespace wrong_pattern {
void this_word_must_not_stand_at_this_place();
void it_has_more_holes_than_words();
void it_has_more_words_than_holes();
void it_leaves_a_quote_or_a_line_open();
void this_literal_means_something();
}  // namespace wrong_pattern

/// Literal text of a line in `Language` that has no special meaning there. Text read at run time cannot
/// become a Literal, and text that Language::is_inert() rejects is none: neither compiles.
template <class Language>
class Literal {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is one
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {
    if (!Language::is_inert(text_)) wrong_pattern::this_literal_means_something();
  }

  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Pattern of a line in some language: literal text of the source, with a hole "{}" for each of `Words`,
/// types that only that language's own functions make. It does not compile if a word has no hole, or if the
/// language would not read the hole as that type requires: inside quotes although the word has its own, after
/// a backslash, in a comment, as a command. `Language` reads the text one character at a time:
///
///   void step(char)                           reads a character
///   template <class Word> bool takes() const  true if such a word may stand at this position
///   template <class Word> void word()         reads such a word
///   bool complete() const                     true if the text may end here and another pattern may follow
template <class Language, class... Words>
class Pattern {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a pattern is one
  consteval Pattern(const char (&text)[N]) : text_(text, N - 1) {
    Language state;
    std::size_t holes = 0;
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (!text_.substr(at).starts_with(kHole)) {
        state.step(text_[at]);
        continue;
      }
      if (holes == sizeof...(Words)) wrong_pattern::it_has_more_holes_than_words();
      std::size_t word = 0;
      ((word++ == holes ? fill<Words>(state) : void()), ...);
      ++holes;
      ++at;
    }
    if (holes != sizeof...(Words)) wrong_pattern::it_has_more_words_than_holes();
    if (!state.complete()) wrong_pattern::it_leaves_a_quote_or_a_line_open();
  }

  /// Returns the text with the words in its holes.
  std::string with(const Words&... words) const {
    std::string out;
    std::size_t at = 0;
    [[maybe_unused]] const auto put = [&](std::string_view word) {
      const std::size_t hole = text_.find(kHole, at);
      out.append(text_.substr(at, hole - at)).append(word);
      at = hole + kHole.size();
    };
    (put(words.text()), ...);
    return out.append(text_.substr(at));
  }

 private:
  static constexpr std::string_view kHole = "{}";

  template <class Word>
  static consteval void fill(Language& state) {
    if (!state.template takes<Word>()) wrong_pattern::this_word_must_not_stand_at_this_place();
    state.template word<Word>();
  }

  std::string_view text_;
};

}  // namespace san
