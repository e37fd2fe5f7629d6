// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/text/pattern.h"
#include "core/text/shell_word.h"

namespace san::boot {

/// Text between double quotes that the files of dnsmasq, ISC dhcpd and Kea read literally.
class DhcpText {
 public:
  /// Returns the text with its quotes.
  const std::string& text() const { return text_; }
  /// Returns the text without its quotes.
  const std::string& unquoted() const { return unquoted_; }
  std::size_t size() const { return unquoted_.size(); }

 private:
  friend std::optional<DhcpText> dhcp_text(std::string_view text);
  explicit DhcpText(std::string_view unquoted)
      : text_('"' + std::string(unquoted) + '"'), unquoted_(unquoted) {}
  std::string text_, unquoted_;
};

/// Makes a DhcpText of `text`; returns nothing if it has a quote, a backslash, or a character that is not
/// printable ASCII (0x20 to 0x7E).
std::optional<DhcpText> dhcp_text(std::string_view text);

/// Syntax of dnsmasq's and ISC dhcpd's files, a Language of Pattern: a text brings its double quotes along,
/// follows a blank or a comma, and is followed by the end of the value; a plain name may be inside or outside
/// of quotes, but does not begin a line, because the option's name does.
class DhcpSyntax {
 public:
  constexpr void step(char c) {
    if (text_ && std::string_view(";,\n").find(c) == std::string_view::npos) bad_ = true;
    text_ = false;
    if (c == '"' && !comment_) quoted_ = !quoted_;
    if (c == '\\' || c == '\'') bad_ = true;
    if (c == '#' && !quoted_) comment_ = true;
    if (c == '\n') {
      bad_ = bad_ || quoted_;
      comment_ = false;
    }
    last_ = c;
  }
  template <class Word>
  constexpr bool takes() const {
    if (bad_ || text_ || comment_ || last_ == '\n') return false;
    return !std::same_as<Word, DhcpText> || (!quoted_ && (last_ == ' ' || last_ == ','));
  }
  template <class Word>
  constexpr void word() {
    text_ = std::same_as<Word, DhcpText>;
    last_ = 'a';
  }
  constexpr bool complete() const { return !bad_ && !quoted_ && !comment_ && !text_; }
  static constexpr bool is_inert(std::string_view text) {
    return text.find_first_of("\"'\\#;{}=\n") == std::string_view::npos;
  }

 private:
  char last_ = '\n';
  bool quoted_ = false;
  bool comment_ = false;
  bool text_ = false;  ///< the last character ended a text
  bool bad_ = false;
};

using DhcpLiteral = Literal<DhcpSyntax>;

/// Types that can fill a hole in a pattern of a DhcpConfig.
template <class Word>
concept DhcpPart =
    std::same_as<Word, PlainName> || std::same_as<Word, DhcpText> || std::same_as<Word, DhcpLiteral>;

/// A piece of the configuration of dnsmasq or dhcpd: literal text, plain names, and quoted texts.
class DhcpConfig {
 public:
  /// `comments` are whole comment lines for the top.
  explicit DhcpConfig(std::string comments) : text_(std::move(comments)) {}
  template <DhcpPart... Words>
  void add(Pattern<DhcpSyntax, std::type_identity_t<Words>...> pattern, const Words&... words) {
    text_ += pattern.with(words...);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace san::boot
