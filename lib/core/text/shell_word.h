// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace san {

/// A name of an interface, module, package or service: [A-Za-z0-9._:@-]+, without a leading dash, of at most
/// 255 characters. It has no special meaning to a shell, quoted or not, and cannot be an option.
class PlainName {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<PlainName> plain_name(std::string_view text);
  friend PlainName four_hex_digits(std::uint16_t number);
  explicit PlainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Makes a name of `text`. Returns nothing if `text` is no such name.
std::optional<PlainName> plain_name(std::string_view text);
/// Returns the number of a boot entry as UEFI writes it: "000A".
PlainName four_hex_digits(std::uint16_t number);

/// Several names, separated by blanks or commas.
class PlainNames {
 public:
  const std::string& text() const { return text_; }

 private:
  friend PlainNames with_blanks(const std::vector<PlainName>& names);
  friend PlainNames with_commas(const std::vector<PlainName>& names);
  explicit PlainNames(const std::vector<PlainName>& names, char between);
  std::string text_;
};

PlainNames with_blanks(const std::vector<PlainName>& names);
PlainNames with_commas(const std::vector<PlainName>& names);

/// One word of a POSIX shell (XCU 2.2.2), quoted if necessary; an operand, never an option. Not for use
/// between quotes.
class ShellWord {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<ShellWord> shell_word(std::string_view text);
  explicit ShellWord(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Makes a word of `text`. Returns nothing if `text` is empty, longer than 4096 bytes, begins with a dash, or
/// has something that printable() would escape: such a word could not be shown and copied back.
std::optional<ShellWord> shell_word(std::string_view text);

/// A basic regular expression (POSIX, XBD 9.3) that matches exactly one text, for sed between single quotes
/// and slashes.
class SedPattern {
 public:
  const std::string& text() const { return text_; }

 private:
  friend SedPattern sed_pattern(const PlainName& name);
  explicit SedPattern(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Makes the pattern that matches `name`.
SedPattern sed_pattern(const PlainName& name);

}  // namespace san
