// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace san::boot {

/// A value of a kind that no boot profile has, with a description of it ("a date").
struct TomlOther {
  std::string what;
};

/// A value of a boot profile: string, number, boolean or list of strings; TomlOther for any other kind.
using TomlValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>, TomlOther>;

struct TomlEntry {
  std::string key;
  unsigned line = 0;  ///< counted from 1
  TomlValue value;
};

struct TomlTable {
  std::string name;
  unsigned line = 0;               ///< line of its header, or of its first key if it has none
  std::string what;                ///< description of the value found in place of a table; empty for a table
  std::vector<TomlEntry> entries;  ///< sorted by key
};

/// Parses a TOML 1.0 document into its tables, sorted by name, with the lines of all keys. `path` is used in
/// messages. Throws Error(usage) about PATH:LINE if it is not valid TOML.
std::vector<TomlTable> parse_toml(std::string_view text, const std::string& path);

}  // namespace san::boot
