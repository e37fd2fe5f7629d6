// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace san {

/// A name as interfaces, modules, packages and services have one: [A-Za-z0-9._:@-]+, no dash in front, at
/// most 255 characters. It means nothing to a shell, quoted or not, and is no option.
class PlainName {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<PlainName> plain_name(std::string_view text);
  friend PlainName four_hex_digits(std::uint16_t number);
  explicit PlainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Nothing where `text` is no such name.
std::optional<PlainName> plain_name(std::string_view text);
/// "000A": the number of a boot entry.
PlainName four_hex_digits(std::uint16_t number);

/// Several of them, with blanks or commas between.
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

/// One word of a POSIX shell (XCU 2.2.2), quoted where it has to be; an operand, never an option. Not for use
/// between quotes.
class ShellWord {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<ShellWord> shell_word(std::string_view text);
  explicit ShellWord(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// `text` as a word; nothing where none can carry it to people and back: where it is empty, longer than 4096
/// bytes, begins with a dash, or printable() would escape something in it.
std::optional<ShellWord> shell_word(std::string_view text);

/// A basic regular expression (POSIX, XBD 9.3) that matches one text and nothing else, for sed between single
/// quotes and slashes.
class SedPattern {
 public:
  const std::string& text() const { return text_; }

 private:
  friend SedPattern sed_pattern(const PlainName& name);
  explicit SedPattern(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

SedPattern sed_pattern(const PlainName& name);

}  // namespace san
