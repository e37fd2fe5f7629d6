// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "boot/export/ipxe_syntax.h"
#include "core/text/pattern.h"

namespace san::boot {

using IpxeText = Literal<IpxeSyntax>;

/// One word of an iPXE command that iPXE reads literally wherever it is inserted.
class IpxeWord {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<IpxeWord> ipxe_word(std::string_view text);
  friend IpxeWord ipxe_device(IpxeText nic, const std::optional<IpxeWord>& vlan);
  explicit IpxeWord(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Makes a word of iPXE from `text`; returns nothing if its command line, which has no quotes, cannot express
/// it. iPXE divides words at spaces, regards one that begins with "#" as a comment, "||", "&&" and ";" as the
/// ends of commands (src/core/exec.c), a backslash at the end of a line as its continuation
/// (src/image/script.c), ${name} as a setting (src/core/settings.c) and a leading dash as an option.
/// Characters beyond ASCII are rejected: it is not known how a firmware treats them.
std::optional<IpxeWord> ipxe_word(std::string_view text);

/// Names a network device: "net0", or "net0-5" for a VLAN of it.
IpxeWord ipxe_device(IpxeText nic, const std::optional<IpxeWord>& vlan);

/// Several words, separated by blanks.
class IpxeWords {
 public:
  explicit IpxeWords(const std::vector<IpxeWord>& words) {
    for (const IpxeWord& word : words) text_ += (text_.empty() ? "" : " ") + word.text();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Types that can fill a hole in the lines of an IpxeScript.
template <class Word>
concept IpxePart =
    std::same_as<Word, IpxeWord> || std::same_as<Word, IpxeWords> || std::same_as<Word, IpxeText>;

/// A script for iPXE: whole lines of literal text and words.
class IpxeScript {
 public:
  template <IpxePart... Words>
  void add(Pattern<IpxeSyntax, std::type_identity_t<Words>...> lines, const Words&... words) {
    text_ += lines.with(words...);
  }
  /// Adds the line "# TEXT"; `text` may contain any characters.
  void comment(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "#!ipxe\n";
};

}  // namespace san::boot
