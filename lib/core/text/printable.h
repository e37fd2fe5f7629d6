// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/text/source_text.h"

namespace san {

class Printable;

/// A part of text for a terminal: a literal, or what is Printable already; no std::string converts to it. It
/// refers to the text that it was made from, and is valid only within the expression that makes it.
class PrintablePart {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): parts are named without ceremony
  consteval PrintablePart(const char (&text)[N]) : text_(SourceText(text).text()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): the same
  constexpr PrintablePart(SourceText text) : text_(text.text()) {}
  template <std::same_as<Printable> Text>
  // NOLINTNEXTLINE(google-explicit-constructor): the same
  PrintablePart(const Text& text) : text_(text.text()) {}

  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

template <class T>
struct PrintableField;

/// Text that is safe for a terminal: made of literals (colours and line feeds among them), of numbers, and of
/// what as_printable() made one line of. It converts to std::string implicitly, but not from one: text that
/// was read from a disk or a network cannot be printed unescaped.
class Printable {
 public:
  Printable() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is printable
  Printable(SourceText text) : text_(text.text()) {}

  const std::string& text() const { return text_; }
  // NOLINTNEXTLINE(google-explicit-constructor): what is printable may go anywhere
  operator const std::string&() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  /// Returns the text after the first `bytes` bytes, which must end with a whole character. Empty beyond the
  /// end.
  Printable behind(std::size_t bytes) const;
  /// Returns the text without the spaces at its end.
  Printable trimmed() const;
  /// Returns the lines without their line feeds; at least one.
  std::vector<Printable> lines() const;

  Printable& operator+=(PrintablePart more);
  friend Printable operator+(Printable a, const Printable& b) { return std::move(a += b); }
  friend Printable operator+(Printable a, PrintablePart b) { return std::move(a += b); }
  friend Printable operator+(PrintablePart a, const Printable& b) {
    return std::move((Printable() += a) += b);
  }
  template <std::same_as<SourceText> Text>
  friend Printable operator+(Printable a, const Text& b) {
    return std::move(a += b);
  }
  template <std::same_as<SourceText> Text>
  friend Printable operator+(const Text& a, const Printable& b) {
    return Printable(a) + b;
  }
  template <std::same_as<std::string> Text>
  friend std::string operator+(const Text& a, const Printable& b) {
    return a + b.text_;
  }
  template <std::same_as<std::string> Text>
  friend std::string operator+(const Printable& a, const Text& b) {
    return a.text_ + b;
  }
  friend bool operator==(const Printable& a, const Printable& b) = default;
  friend bool operator==(const Printable& a, std::string_view b) { return a.text_ == b; }

 private:
  friend Printable as_printable(std::string_view text);
  friend Printable printable_lines(std::string_view text);
  friend Printable printable_json(std::string_view document);
  friend Printable repeated(PrintablePart text, std::size_t times);
  friend Printable painted(bool color, SourceText sgr, PrintablePart text);
  friend Printable shown(std::string_view text, bool utf8);
  friend Printable clipped(PrintablePart text, std::size_t width, bool utf8);
  friend Printable wrapped(PrintablePart first, PrintablePart text, std::size_t width);
  template <class... Args>
  friend Printable format_text(fmt::format_string<typename PrintableField<Args>::Type...> format,
                               const Args&... args);
  template <std::same_as<std::string> Text>
  explicit Printable(Text text) : text_(std::move(text)) {}
  std::string text_;
};

/// Escapes `text` so that it stays on one line of a terminal: bytes of control characters (C0, DEL, C1) and
/// of invalid UTF-8 become \xNN; characters that divide lines, change the direction (UAX #9) or are invisible
/// become \uNNNN, or \UNNNNNNNN beyond U+FFFF. Escaping twice changes nothing more.
std::string printable(std::string_view text);
/// Escapes `text` as printable() does, as text that may be printed.
Printable as_printable(std::string_view text);

/// Escapes each line of `text` as printable() does and keeps the line feeds. Only for text whose every line
/// is the program's own, such as that of --help: a line feed in foreign text would begin a line that looks
/// like one of them.
Printable printable_lines(std::string_view text);

/// Makes a JSON document safe for a terminal: characters that printable() would escape are escaped as JSON
/// does, so that the values stay the same. Bytes that are not UTF-8 become U+FFFD. Line feeds stay; a JSON
/// document has them only between values.
Printable printable_json(std::string_view document);

/// Repeats `text`.
Printable repeated(PrintablePart text, std::size_t times);

/// Argument of format_text(): text is escaped by printable(), unless it is Printable already.
template <class T>
struct PrintableField {
  static constexpr bool kMade =
      std::same_as<T, Printable> || std::same_as<T, SourceText> || std::same_as<T, PrintablePart>;
  static constexpr bool kNumber = std::is_arithmetic_v<T> && !std::same_as<T, char>;
  static constexpr bool kText = std::same_as<T, char> || std::convertible_to<const T&, std::string_view>;
  static_assert(kMade || kNumber || kText, "neither text nor a number");

  using Type = std::conditional_t<kNumber, T, std::conditional_t<kMade, std::string_view, std::string>>;
  static Type of(const T& value) {
    if constexpr (kNumber)
      return value;
    else if constexpr (kMade)
      return value.text();
    else if constexpr (std::same_as<T, char>)
      return printable({&value, 1});
    else
      return printable(value);
  }
};

/// Formats as fmt::format() does, for a terminal: arguments that are neither numbers nor Printable are
/// escaped by printable(), line feeds included.
template <class... Args>
inline Printable format_text(fmt::format_string<typename PrintableField<Args>::Type...> format,
                             const Args&... args) {
  return Printable(fmt::format(format, PrintableField<Args>::of(args)...));
}

/// Joins the elements of `range` (texts, numbers or Printable) with `between`.
template <class Range>
Printable joined(const Range& range, SourceText between) {
  Printable out;
  bool first = true;
  for (const auto& one : range) {
    if (!first) out += between;
    first = false;
    out += format_text("{}", one);
  }
  return out;
}

}  // namespace san

template <>
struct fmt::formatter<san::Printable> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const san::Printable& value, Context& context) const {
    return fmt::formatter<std::string_view>::format(value.text(), context);
  }
};
