// SPDX-License-Identifier: Apache-2.0
// The only file that includes toml++, which takes seconds to compile.
#include "boot/profile/toml.h"

#include <fmt/core.h>

#include <toml++/toml.h>

#include "core/error.h"
#include "core/text/table.h"

namespace san::boot {
namespace {

std::string what_is(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

TomlValue list_of(const toml::array& list) {
  std::vector<std::string> strings;
  for (const toml::node& one : list) {
    const auto* text = one.as_string();
    if (text == nullptr) return TomlOther{"a list with " + what_is(one) + " in it"};
    strings.push_back(text->get());
  }
  return strings;
}

TomlValue value_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* list = node.as_array()) return list_of(*list);
  return TomlOther{what_is(node)};
}

}  // namespace

std::vector<TomlTable> parse_toml(std::string_view text, const std::string& path) {
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    // The usual cause is a missing quote, and the parser reports what it took the value for instead.
    const bool twice = error.description().find("redefine") != std::string_view::npos;
    throw Error(Exit::usage, fmt::format("{}:{}", path, error.source().begin.line),
                "is not valid TOML: " + printable(error.description()),
                twice ? "" : "strings need quotes: key = \"value\"");
  }
  std::vector<TomlTable> tables;
  for (const auto& [name, node] : document) {
    TomlTable& table = tables.emplace_back();
    table.name = name.str();
    table.line = name.source().begin.line;
    const toml::table* content = node.as_table();
    if (content == nullptr) {
      table.what = node.is_array_of_tables() ? "a list of tables" : what_is(node);
      continue;
    }
    for (const auto& [key, value] : *content)
      table.entries.push_back({std::string(key.str()), key.source().begin.line, value_of(value)});
  }
  return tables;
}

}  // namespace san::boot
