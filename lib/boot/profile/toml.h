// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace san::boot {

/// A value that no boot profile has: what it is, in words ("a date").
struct TomlOther {
  std::string what;
};

/// Strings, numbers, booleans and lists of strings are all that a boot profile is made of.
using TomlValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>, TomlOther>;

struct TomlEntry {
  std::string key;
  unsigned line = 0;  ///< from 1
  TomlValue value;
};

struct TomlTable {
  std::string name;
  unsigned line = 0;               ///< of its header, or of its first key where it has none
  std::string what;                ///< what stands there where that is no table; empty for a table
  std::vector<TomlEntry> entries;  ///< in the order of their names
};

/// The tables of a TOML 1.0 document, in the order of their names, with the lines of everything. `path` is
/// for messages. Throws Error(usage) about PATH:LINE for what is no TOML.
std::vector<TomlTable> parse_toml(std::string_view text, const std::string& path);

}  // namespace san::boot
