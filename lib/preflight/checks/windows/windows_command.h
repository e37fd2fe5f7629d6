// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/text/pattern.h"

namespace san::preflight {

/// A name from a registry that means nothing to cmd.exe between double quotes, nor to reg.exe: letters,
/// digits, spaces and ._-{}()@#+ in ASCII, with no space at either end and no dash in front, at most 255
/// characters.
class RegistryName {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<RegistryName> registry_name(std::string_view text);
  explicit RegistryName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Nothing where `text` is no such name.
std::optional<RegistryName> registry_name(std::string_view text);

/// Several of them as reg.exe takes a REG_MULTI_SZ: with \0 between.
class RegistryNames {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<RegistryNames> registry_names(const std::vector<std::string>& texts);
  explicit RegistryNames(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Nothing where one of them is no such name.
std::optional<RegistryNames> registry_names(const std::vector<std::string>& texts);

/// cmd.exe as a Language of Pattern: a caret quotes one character outside of double quotes, and a percent
/// sign expands what follows it on both sides of them.
class WindowsSyntax {
 public:
  constexpr void step(char c) {
    if (c == '"' && last_ != '^') quoted_ = !quoted_;
    if (c == '\n') bad_ = true;
    if (c == '%') expands_ = !expands_;
    last_ = c;
  }
  /// Names only between double quotes, where the blanks in them are theirs.
  template <class Word>
  constexpr bool takes() const {
    if (bad_ || expands_ || last_ == '^' || last_ == '%') return false;
    return quoted_ || std::same_as<Word, Literal<WindowsSyntax>>;
  }
  template <class Word>
  constexpr void word() {
    last_ = 'a';
  }
  constexpr bool complete() const { return !bad_ && !quoted_ && !expands_ && last_ != '^'; }
  static constexpr bool is_inert(std::string_view text) {
    return text.find_first_of("\"%^&|<>()!\n") == std::string_view::npos;
  }

 private:
  char last_ = '\n';
  bool quoted_ = false;
  bool expands_ = false;
  bool bad_ = false;
};

using WindowsText = Literal<WindowsSyntax>;

/// What a hole of a WindowsCommand takes.
template <class Word>
concept WindowsPart =
    std::same_as<Word, RegistryName> || std::same_as<Word, RegistryNames> || std::same_as<Word, WindowsText>;

/// A line for an administrator's command prompt.
class WindowsCommand {
 public:
  template <WindowsPart... Words>
  // NOLINTNEXTLINE(google-explicit-constructor): lists of commands are written without ceremony
  WindowsCommand(Pattern<WindowsSyntax, std::type_identity_t<Words>...> pattern, const Words&... words)
      : text_(pattern.with(words...)) {}

  const std::string& text() const { return text_; }

 private:
  friend WindowsCommand windows_remark(std::string_view text);
  WindowsCommand() = default;
  std::string text_;
};

/// "rem TEXT" of what no command can carry: people do it. Without the characters that mean something to
/// cmd.exe, and cut where it is long.
WindowsCommand windows_remark(std::string_view text);

}  // namespace san::preflight
