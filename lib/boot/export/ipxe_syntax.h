// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace san::boot {

/// Syntax of iPXE scripts, a Language of Pattern (src/image/script.c, src/core/exec.c, src/core/settings.c).
/// A word inserted at run time is one whole argument: it has blanks around it, or is followed by the slash of
/// a setting's name.
class IpxeSyntax {
 public:
  constexpr void step(char c) {
    if (joined_ && c != ' ' && c != '\n' && c != '/') bad_ = true;
    joined_ = false;
    if (c == '#' && length_ == 0) comment_ = true;
    if (c == '{' && last_ == '$') ++expansions_;
    if (c == '}' && expansions_ > 0) --expansions_;
    if (c == '\n')
      end_line();
    else if (c == ' ')
      end_word();
    else if (++length_ == 1)
      first_ = c;
    last_ = c;
  }
  template <class Word>
  constexpr bool takes() const {
    return !bad_ && !joined_ && !comment_ && expansions_ == 0 && !command_ && last_ == ' ';
  }
  template <class Word>
  constexpr void word() {
    first_ = last_ = 'a';
    length_ = 1;
    joined_ = true;
  }
  constexpr bool complete() const { return !bad_ && !joined_ && last_ == '\n'; }
  static constexpr bool is_inert(std::string_view text) {
    return text.find_first_of(" #\\|&;\n") == std::string_view::npos;
  }

 private:
  constexpr void end_word() {
    const bool twice = length_ == 2 && first_ == last_ && (first_ == '|' || first_ == '&');
    if (length_ > 0) command_ = twice || (length_ == 1 && first_ == ';');
    length_ = 0;
  }
  constexpr void end_line() {
    bad_ = bad_ || expansions_ > 0 || last_ == '\\';  // the command would continue in the next line
    comment_ = false;
    command_ = true;
    length_ = 0;
  }

  char last_ = '\n', first_ = '\n';
  std::size_t length_ = 0;  ///< characters of the current word so far
  unsigned expansions_ = 0;
  bool command_ = true;  ///< the next word is a command
  bool comment_ = false;
  bool joined_ = false;  ///< the last character ended an inserted word
  bool bad_ = false;
};

}  // namespace san::boot
