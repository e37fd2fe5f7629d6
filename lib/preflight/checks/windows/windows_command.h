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

/// A name from a registry that is inert in cmd.exe between double quotes, and in reg.exe: ASCII letters,
/// digits, spaces and ._-{}()@#+, without a space at either end or a leading dash, at most 255 characters.
class RegistryName {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<RegistryName> registry_name(std::string_view text);
  explicit RegistryName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Returns `text` as such a name; nothing if it is none.
std::optional<RegistryName> registry_name(std::string_view text);

/// Several registry names in reg.exe's form of a REG_MULTI_SZ: with \0 between.
class RegistryNames {
 public:
  const std::string& text() const { return text_; }

 private:
  friend std::optional<RegistryNames> registry_names(const std::vector<std::string>& texts);
  explicit RegistryNames(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Joins the names; nothing if one of them is no registry name.
std::optional<RegistryNames> registry_names(const std::vector<std::string>& texts);

/// The syntax of cmd.exe, a Language of Pattern: a caret quotes one character outside of double quotes, and a
/// percent sign expands the text after it, quoted or not.
class WindowsSyntax {
 public:
  constexpr void step(char c) {
    if (c == '"' && last_ != '^') quoted_ = !quoted_;
    if (c == '\n') bad_ = true;
    if (c == '%') expands_ = !expands_;
    last_ = c;
  }
  /// Accepts names only between double quotes, where their spaces are literal.
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

/// Types that may fill a hole of a WindowsCommand.
template <class Word>
concept WindowsPart =
    std::same_as<Word, RegistryName> || std::same_as<Word, RegistryNames> || std::same_as<Word, WindowsText>;

/// A command line for an administrator's command prompt.
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

/// Returns "rem TEXT", for a step that no command can express and the administrator takes. Characters that
/// are special to cmd.exe are removed, and long text is cut.
WindowsCommand windows_remark(std::string_view text);

}  // namespace san::preflight
