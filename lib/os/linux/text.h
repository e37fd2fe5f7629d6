// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace san::os {

// The common forms of configuration files. Nothing here throws on any input.

/// A line that says something: without white space around it, not empty, no comment.
struct ConfigLine {
  unsigned number = 0;    ///< from 1
  std::string_view text;  ///< of the text that was given
};

std::string_view without_blanks(std::string_view text);
/// Words between white space.
std::vector<std::string> blank_separated(std::string_view text);
/// The lines of `text` whose first character is none of `comments`.
std::vector<ConfigLine> config_lines(std::string_view text, std::string_view comments = "#");

/// NAME=VALUE as sh(1) reads it, with the quotes removed; "export" may stand before it. `value` keeps what
/// would have to be expanded.
struct Assignment {
  unsigned line = 0;
  std::string value;
};
/// The last assignment of each name: os-release(5), /etc/default/*, initramfs.conf(5).
std::map<std::string, Assignment> assignments(std::string_view text);

/// A key of a file with sections: "NetworkManager.conf", systemd units, connection profiles.
struct IniValue {
  unsigned line = 0;
  std::string section, key, value;
};
std::vector<IniValue> ini_values(std::string_view text);

/// Arguments of the kernel, as it splits them: at white space outside of double quotes
/// (Documentation/admin-guide/kernel-parameters.rst).
class CommandLine {
 public:
  CommandLine() = default;
  explicit CommandLine(std::string_view text);

  /// Behind those that are there.
  void add(std::string_view text);
  bool has(std::string_view name) const;
  /// "" for an argument without "=".
  std::optional<std::string> last(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  /// As dracut understands a switch: present without a value, or with another one than 0, no, off.
  bool enabled(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> arguments_;
};

/// Bytes of a file as text.
std::string_view as_text(std::span<const std::byte> bytes);

}  // namespace san::os
