// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/literal.h"

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

using WindowsPart = Part<RegistryName>;

/// A line for an administrator's command prompt. A RegistryName in it stands between double quotes.
class WindowsCommand {
 public:
  WindowsCommand(std::initializer_list<WindowsPart> parts) { add(parts); }
  void add(std::initializer_list<WindowsPart> parts) {
    for (const WindowsPart& part : parts) text_ += part.text();
  }

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
