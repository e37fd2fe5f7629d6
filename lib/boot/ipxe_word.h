// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/literal.h"

namespace san::boot {

/// One word of a command of iPXE that stands for itself wherever it is put.
class IpxeWord {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<IpxeWord> ipxe_word(std::string_view text);
  explicit IpxeWord(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// `text` as a word of iPXE; nothing where its command line has no way to say it, having no quotes. It
/// divides words at spaces, takes one that begins with "#" for a comment, "||", "&&" and ";" for the ends of
/// commands (src/core/exec.c), a backslash at the end of a line for its continuation (src/image/script.c),
/// ${name} for a setting (src/core/settings.c) and a leading dash for an option. Characters beyond ASCII are
/// out: what a firmware makes of them is not known.
std::optional<IpxeWord> ipxe_word(std::string_view text);

using IpxePart = Part<IpxeWord>;

/// A script for iPXE: literal text and words.
class IpxeScript {
 public:
  void add(std::initializer_list<IpxePart> parts) {
    for (const IpxePart& part : parts) text_ += part.text();
  }
  /// "# TEXT", whatever stands in it, as a line of its own.
  void comment(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "#!ipxe\n";
};

}  // namespace san::boot
