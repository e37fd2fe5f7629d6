// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/literal.h"
#include "core/shell_word.h"

namespace san {

using ShellPart = Part<PlainName, ShellWord, SedPattern>;

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
