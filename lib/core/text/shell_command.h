// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/text/pattern.h"
#include "core/text/shell_syntax.h"
#include "core/text/shell_word.h"

namespace san {

using ShellText = Literal<ShellSyntax>;

/// Types that a hole of a ShellCommand accepts.
template <class Word>
concept ShellPart = std::same_as<Word, PlainName> || std::same_as<Word, PlainNames> ||
    std::same_as<Word, ShellWord> || std::same_as<Word, SedPattern> || std::same_as<Word, ShellText>;

/// One line for a shell, made of literal text and words, so that no foreign text can become a command. A
/// ShellWord, which has its own quotes, is accepted outside of quotes only, a SedPattern between single
/// quotes only, a name in both; none of them after a backslash or a dollar sign, in a substitution or where a
/// command's name would be, and no ShellWord in a comment.
class ShellCommand {
 public:
  /// Makes a line from a pattern and its words: {"sed -i 's/{}/x/' {}", sed_pattern(name), file}.
  template <ShellPart... Words>
  // NOLINTNEXTLINE(google-explicit-constructor): lists of commands are written without ceremony
  ShellCommand(Pattern<ShellSyntax, std::type_identity_t<Words>...> pattern, const Words&... words)
      : text_(pattern.with(words...)) {}

  const std::string& text() const { return text_; }
  /// True if the line does nothing: it is empty, or only a comment.
  bool is_comment() const;

  friend auto operator<=>(const ShellCommand&, const ShellCommand&) = default;

 private:
  friend ShellCommand shell_comment(std::string_view text);
  ShellCommand() = default;
  std::string text_;
};

/// Makes the comment "# TEXT" of any text: one line, escaped as printable() does.
ShellCommand shell_comment(std::string_view text);

}  // namespace san
