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

/// What a hole of a ShellCommand takes.
template <class Word>
concept ShellPart = std::same_as<Word, PlainName> || std::same_as<Word, PlainNames> ||
    std::same_as<Word, ShellWord> || std::same_as<Word, SedPattern> || std::same_as<Word, ShellText>;

/// One line for a shell: literal text and words, so that nothing that was read somewhere is a command. A
/// ShellWord, which brings its own quotes, stands outside of quotes only, a SedPattern between single quotes
/// only, a name on both sides; none of them stands behind a backslash or a dollar sign, in a substitution or
/// where a command's name would be, and a ShellWord not in a comment.
class ShellCommand {
 public:
  /// {"sed -i 's/{}/x/' {}", sed_pattern(name), file}
  template <ShellPart... Words>
  // NOLINTNEXTLINE(google-explicit-constructor): lists of commands are written without ceremony
  ShellCommand(Pattern<ShellSyntax, std::type_identity_t<Words>...> pattern, const Words&... words)
      : text_(pattern.with(words...)) {}

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
