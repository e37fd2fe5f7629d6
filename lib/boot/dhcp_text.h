// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/literal.h"
#include "core/shell_word.h"

namespace san::boot {

/// A text between double quotes, which stands for itself in the files of dnsmasq, ISC dhcpd and Kea.
class DhcpText {
 public:
  /// With the quotes.
  const std::string& text() const { return text_; }
  /// Without.
  const std::string& bare() const { return bare_; }
  std::size_t size() const { return bare_.size(); }

 private:
  friend std::optional<DhcpText> dhcp_text(std::string_view text);
  explicit DhcpText(std::string_view bare) : text_('"' + std::string(bare) + '"'), bare_(bare) {}
  std::string text_, bare_;
};

/// Nothing where `text` has a quote, a backslash, or another character than those of ASCII that are seen.
std::optional<DhcpText> dhcp_text(std::string_view text);

using DhcpPart = Part<PlainName, DhcpText>;

/// A piece of the configuration of dnsmasq or dhcpd: literal text, plain names, and texts in quotes.
class DhcpConfig {
 public:
  /// `comments`: what stands above.
  explicit DhcpConfig(std::string comments) : text_(std::move(comments)) {}
  void add(std::initializer_list<DhcpPart> parts) {
    for (const DhcpPart& part : parts) text_ += part.text();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace san::boot
