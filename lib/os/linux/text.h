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

/// A line that is neither empty nor a comment, without surrounding white space.
struct ConfigLine {
  unsigned number = 0;    ///< line number, from 1
  std::string_view text;  ///< points into the parsed text
};

std::string_view without_blanks(std::string_view text);
/// Splits text at white space.
std::vector<std::string> blank_separated(std::string_view text);
/// Returns the non-empty lines of `text` whose first character is none of `comments`.
std::vector<ConfigLine> config_lines(std::string_view text, std::string_view comments = "#");

/// An assignment NAME=VALUE as sh(1) reads it, quotes removed; "export" may precede it. `value` keeps
/// variables and commands unexpanded.
struct Assignment {
  unsigned line = 0;
  std::string value;
};
/// Returns the last assignment of each name: os-release(5), /etc/default/*, initramfs.conf(5).
std::map<std::string, Assignment> assignments(std::string_view text);

/// A key of a file with sections: "NetworkManager.conf", systemd units, connection profiles.
struct IniValue {
  unsigned line = 0;
  std::string section, key, value;
};
std::vector<IniValue> ini_values(std::string_view text);

/// The arguments of a kernel command line, split as the kernel does: at white space outside of double quotes
/// (Documentation/admin-guide/kernel-parameters.rst).
class CommandLine {
 public:
  CommandLine() = default;
  explicit CommandLine(std::string_view text);

  /// Appends arguments.
  void add(std::string_view text);
  bool has(std::string_view name) const;
  /// Returns the value of the last argument of that name; "" if it has no "=", nothing if it is absent.
  std::optional<std::string> last(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  /// Returns true if dracut would see the switch as on: present without a value, or with a value other than
  /// 0, no, off.
  bool enabled(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> arguments_;
};

/// Returns the bytes of a file as text, without a copy.
std::string_view as_text(std::span<const std::byte> bytes);

}  // namespace san::os
