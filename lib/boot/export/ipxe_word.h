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

/// One word of a command of iPXE that stands for itself wherever it is put.
class IpxeWord {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<IpxeWord> ipxe_word(std::string_view text);
  friend IpxeWord ipxe_device(IpxeText nic, const std::optional<IpxeWord>& vlan);
  explicit IpxeWord(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// `text` as a word of iPXE; nothing where its command line has no way to say it, having no quotes. It
/// divides words at spaces, takes one that begins with "#" for a comment, "||", "&&" and ";" for the ends of
/// commands (src/core/exec.c), a backslash at the end of a line for its continuation (src/image/script.c),
/// ${name} for a setting (src/core/settings.c) and a leading dash for an option. Characters beyond ASCII are
/// out: what a firmware makes of them is not known.
std::optional<IpxeWord> ipxe_word(std::string_view text);

/// "net0", or "net0-5" for a VLAN of it.
IpxeWord ipxe_device(IpxeText nic, const std::optional<IpxeWord>& vlan);

/// Several of them, with blanks between.
class IpxeWords {
 public:
  explicit IpxeWords(const std::vector<IpxeWord>& words) {
    for (const IpxeWord& word : words) text_ += (text_.empty() ? "" : " ") + word.text();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// What a hole of a piece of an IpxeScript takes.
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
  /// "# TEXT", whatever stands in it, as a line of its own.
  void comment(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "#!ipxe\n";
};

}  // namespace san::boot
