// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/literal.h"
#include "core/shell_word.h"

namespace san {

/// What a ShellCommand is put together from. There is no way to one from a std::string.
class ShellPart {
 public:
  template <std::size_t N>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is a part
  consteval ShellPart(const char (&text)[N]) : text_(Literal(text).text()) {}
  // NOLINTBEGIN(google-explicit-constructor): parts are named without ceremony
  constexpr ShellPart(Literal text) : text_(text.text()) {}
  ShellPart(const PlainName& name) : text_(name.text()) {}
  ShellPart(const ShellWord& word) : text_(word.text()) {}
  ShellPart(const SedPattern& pattern) : text_(pattern.text()) {}
  // NOLINTEND(google-explicit-constructor)

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;  // of what it was made from, which lives as long as the expression
};

/// One line for a shell: literal text and words, so that nothing that was read somewhere is a command.
class ShellCommand {
 public:
  ShellCommand(std::initializer_list<ShellPart> parts) { add(parts); }
  void add(std::initializer_list<ShellPart> parts);

  const std::string& text() const { return text_; }
  /// Whether it does nothing: it is empty, or only a comment.
  bool is_comment() const;

  friend auto operator<=>(const ShellCommand&, const ShellCommand&) = default;

 private:
  friend ShellCommand shell_comment(std::string_view text);
  ShellCommand() = default;
  std::string text_;
};

/// "# TEXT", whatever stands in it: one line, with what printable() escapes escaped.
ShellCommand shell_comment(std::string_view text);

}  // namespace san
