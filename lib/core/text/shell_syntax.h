// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "core/text/shell_word.h"

namespace san {

/// The syntax of a POSIX shell (XCU 2.2, 2.3, 2.6) as a Language of Pattern: at each character of a line it
/// tracks quotes, comments, expansions and the positions of command names. Backquotes, here-documents, and
/// quotes in ${…} are not supported: a pattern with them does not compile.
class ShellSyntax {
 public:
  constexpr void step(char c) {
    if (escaped_) {
      escaped_ = false;
      after('a');
      return;
    }
    switch (top()) {
      case In::comment:
        if (c == '\n') leave();
        break;
      case In::single:
        if (c == '\'') leave();
        break;
      case In::double_quotes:
        in_double_quotes(c);
        break;
      case In::braces:
        if (c == '}') leave();
        if (c == '"' || c == '\'' || c == '`' || c == '$') bad_ = true;
        break;
      case In::parentheses:
      case In::nothing:
        unquoted(c);
        break;
    }
    after(c);
  }

  template <class Word>
  constexpr bool takes() const {
    if (bad_ || escaped_ || last_ == '\\' || last_ == '$' || in_substitution()) return false;
    const In in = top();
    if constexpr (std::same_as<Word, ShellWord>)
      return in == In::nothing && !command_;
    else if constexpr (std::same_as<Word, SedPattern>)
      return in == In::single;
    else
      return in != In::braces && (in != In::nothing || !command_);
  }
  template <class Word>
  constexpr void word() {
    after('a');
  }

  constexpr bool complete() const { return !bad_ && !escaped_ && (depth_ == 0 || top() == In::comment); }

  /// True if a Literal may have this text: it has no quotes, expansions, comments or command separators.
  static constexpr bool is_inert(std::string_view text) {
    return text.find_first_of("'\"`$\\#\n;|&()<>{}*?[]~!") == std::string_view::npos;
  }

 private:
  enum class In { nothing, single, double_quotes, braces, parentheses, comment };

  constexpr In top() const { return depth_ == 0 ? In::nothing : in_[depth_ - 1]; }
  constexpr void enter(In in) {
    if (depth_ == in_.size())
      bad_ = true;
    else
      in_[depth_++] = in;
  }
  constexpr void leave() { --depth_; }
  constexpr bool in_substitution() const {
    for (std::size_t i = 0; i < depth_; ++i)
      if (in_[i] == In::parentheses) return true;
    return false;
  }

  constexpr void in_double_quotes(char c) {
    if (c == '"') leave();
    if (c == '\\') escaped_ = true;
    if (c == '`') bad_ = true;
    expansion(c);
  }
  constexpr void expansion(char c) {
    if (last_ != '$') return;
    if (c == '(') enter(In::parentheses);
    if (c == '{') enter(In::braces);
  }
  constexpr void unquoted(char c) {
    const bool starts_word = last_ == ' ' || last_ == '\t' || last_ == '\n' || last_ == ';';
    if (c == '\'') enter(last_ == '$' ? bad() : In::single);
    if (c == '"') enter(In::double_quotes);
    if (c == '\\') escaped_ = true;
    if (c == '`' || (c == '<' && last_ == '<')) bad_ = true;
    if (c == '#' && starts_word) enter(In::comment);
    if (c == ')' && top() == In::parentheses)
      leave();
    else if (c == '(' && last_ != '$')
      enter(In::parentheses);
    else if (c == ')')
      bad_ = true;
    expansion(c);
  }
  constexpr In bad() {
    bad_ = true;
    return In::single;
  }

  /// Updates `command_`: a command's name may begin at the start, after an operator, and after blanks there.
  constexpr void after(char c) {
    if (top() == In::nothing)
      command_ = std::string_view("\n;|&{").find(c) != std::string_view::npos || (command_ && c == ' ');
    last_ = c;
  }

  std::array<In, 8> in_{};
  std::size_t depth_ = 0;
  char last_ = '\n';
  bool escaped_ = false;
  bool command_ = true;
  bool bad_ = false;
};

}  // namespace san
