// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/nearest.h"
#include "core/text/table.h"

namespace san::boot {
namespace {

struct KnownTable {
  std::string name;
  std::vector<std::string> keys;
};

const std::vector<KnownTable>& known_tables() {
  static const std::vector<KnownTable> tables = {
      {"initiator", {"name", "mac", "dhcp", "address", "gateway", "vlan"}},
      {"target", {"portal", "portals", "name", "lun", "reach"}},
      {"auth", {"method", "user", "secret_file", "target_user", "target_secret_file"}},
      {"boot", {"firmware", "priority", "port"}},
  };
  return tables;
}

/// Returns the table to which a key in the wrong table belongs; empty if there is none, or several.
std::string home_of(const std::string& key) {
  std::string home;
  for (const KnownTable& table : known_tables())
    if (std::find(table.keys.begin(), table.keys.end(), key) != table.keys.end()) {
      if (!home.empty()) return {};
      home = table.name;
    }
  return home;
}

std::string key_hint(const std::string& key, const std::vector<std::string>& near) {
  if (const std::string home = home_of(key); !home.empty()) return fmt::format("it belongs to [{}]", home);
  const std::string better = nearest(key, near);
  return better.empty() ? fmt::format("its keys are {}", fmt::join(near, ", "))
                        : fmt::format("did you mean {}?", better);
}

/// Formats a value for a message, shortened to the relevant part.
std::string shown(const std::string& value) {
  constexpr std::size_t kLimit = 240;
  if (value.size() <= kLimit) return printable(value);
  std::size_t cut = kLimit;
  while (cut > 0 && (static_cast<unsigned char>(value[cut]) & 0xC0U) == 0x80) --cut;
  return printable(value.substr(0, cut)) + "…";
}

std::string what_is(const TomlValue& value) {
  struct Words {
    std::string operator()(const std::string&) const { return "a string"; }
    std::string operator()(std::int64_t) const { return "a number"; }
    std::string operator()(bool) const { return "a boolean"; }
    std::string operator()(const std::vector<std::string>&) const { return "a list"; }
    std::string operator()(const TomlOther& other) const { return other.what; }
  };
  return std::visit(Words{}, value);
}

}  // namespace

void Faults::add(unsigned line, std::string cause, std::string hint) {
  all_.push_back({line, {std::move(cause), std::move(hint)}});
}

void Faults::report() const {
  if (all_.empty()) return;
  const One& first =
      *std::min_element(all_.begin(), all_.end(), [](const One& a, const One& b) { return a.line < b.line; });
  std::set<unsigned> others;
  for (const One& one : all_)
    if (one.line != first.line) others.insert(one.line);
  std::string hint = first.fault.hint;
  if (!others.empty())
    hint += fmt::format("{}then see line{} {}", hint.empty() ? "" : "; ", others.size() == 1 ? "" : "s",
                        fmt::join(others, ", "));
  throw Error(Exit::usage, first.line == 0 ? path_ : fmt::format("{}:{}", path_, first.line),
              first.fault.cause, hint);
}

Section::Section(const std::vector<TomlTable>& tables, std::string name, Faults& faults)
    : name_(std::move(name)), faults_(faults) {
  for (const TomlTable& table : tables)
    if (table.name == name_) table_ = &table;
}

const TomlEntry* Section::find(std::string_view key) const {
  if (table_ == nullptr) return nullptr;
  const auto found = std::find_if(table_->entries.begin(), table_->entries.end(),
                                  [key](const TomlEntry& entry) { return entry.key == key; });
  return found == table_->entries.end() ? nullptr : &*found;
}

void Section::fault(std::string_view key, const std::string& value, const Fault& fault) const {
  this->fault(key, {fmt::format("\"{}\" {}", shown(value), fault.cause), fault.hint});
}

void Section::fault(std::string_view key, const Fault& fault) const {
  const TomlEntry* entry = find(key);
  const unsigned line = entry != nullptr ? entry->line : table_ != nullptr ? table_->line : 0;
  faults_.add(line, fmt::format("{}.{}: {}", name_, key, fault.cause), fault.hint);
}

std::optional<std::string> Section::checked(std::string_view key, const std::string& value) const {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (value.empty()) {
    fault(key, {"is empty", ""});
  } else if (std::any_of(value.begin(), value.end(), is_control)) {
    fault(key, value, {"has a control character in it", ""});
  } else {
    return value;
  }
  return std::nullopt;
}

std::string Section::text(std::string_view key) const {
  const TomlEntry* entry = find(key);
  if (entry == nullptr) return {};
  if (const auto* value = std::get_if<std::string>(&entry->value)) return checked(key, *value).value_or("");
  fault(key, {fmt::format("is {} and has to be a string", what_is(entry->value)), "put it into quotes"});
  return {};
}

std::string Section::required_text(std::string_view key, const std::string& hint) const {
  if (present() && !has(key)) fault(key, {"is missing", hint});
  return text(key);
}

std::optional<bool> Section::boolean(std::string_view key) const {
  const TomlEntry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  if (const auto* value = std::get_if<bool>(&entry->value)) return *value;
  fault(key, {fmt::format("is {} and has to be true or false, without quotes", what_is(entry->value)), ""});
  return std::nullopt;
}

std::optional<unsigned> Section::number(std::string_view key, unsigned min, unsigned max,
                                        const std::string& why) const {
  const TomlEntry* entry = find(key);
  if (entry == nullptr) return std::nullopt;
  const auto* value = std::get_if<std::int64_t>(&entry->value);
  if (value == nullptr) {
    fault(key,
          {fmt::format("is {} and has to be a whole number, without quotes", what_is(entry->value)), ""});
    return std::nullopt;
  }
  if (*value >= min && *value <= max) return static_cast<unsigned>(*value);
  fault(key,
        {fmt::format("{} is not between {} and {}{}", *value, min, max, why.empty() ? "" : " (" + why + ")"),
         ""});
  return std::nullopt;
}

std::optional<std::size_t> Section::word(std::string_view key, const std::vector<std::string>& words) const {
  const std::string value = text(key);
  if (value.empty()) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  fault(key, value, {fmt::format("is none of {}", fmt::join(words, ", ")), ""});
  return std::nullopt;
}

std::vector<std::string> Section::list(std::string_view key) const {
  const TomlEntry* entry = find(key);
  if (entry == nullptr) return {};
  const auto* values = std::get_if<std::vector<std::string>>(&entry->value);
  if (values == nullptr) {
    fault(key, {fmt::format("is {} and has to be a list of strings", what_is(entry->value)),
                "write it as [\"…\", \"…\"]"});
    return {};
  }
  if (values->empty()) fault(key, {"is empty", ""});
  std::vector<std::string> result;
  for (const std::string& value : *values) {
    const auto good = checked(key, value);
    if (!good) return {};
    result.push_back(*good);
  }
  return result;
}

void check_keys(const std::vector<TomlTable>& tables, Faults& faults) {
  std::vector<std::string> names;
  for (const KnownTable& known : known_tables()) names.push_back(known.name);
  for (const TomlTable& table : tables) {
    const auto known = std::find_if(known_tables().begin(), known_tables().end(),
                                    [&table](const KnownTable& one) { return one.name == table.name; });
    const std::string name = shown(table.name);
    if (known != known_tables().end()) {
      if (!table.what.empty())
        faults.add(table.line, fmt::format("{}: is {} and has to be a table", name, table.what),
                   fmt::format("write it as [{}]", name));
      for (const TomlEntry& entry : table.entries)
        if (std::find(known->keys.begin(), known->keys.end(), entry.key) == known->keys.end())
          faults.add(entry.line, fmt::format("{}.{}: there is no such key", name, shown(entry.key)),
                     key_hint(entry.key, known->keys));
      continue;
    }
    if (table.what.empty() || nearest(table.name, names) == table.name) {
      const std::string better = nearest(table.name, names);
      faults.add(table.line, fmt::format("[{}]: there is no such table", name),
                 better.empty() ? fmt::format("the tables are {}", fmt::join(names, ", "))
                                : fmt::format("did you mean [{}]?", better));
    } else {
      const std::string home = home_of(table.name);
      faults.add(table.line, fmt::format("{}: is not in any table", name),
                 home.empty() ? fmt::format("the tables are {}", fmt::join(names, ", "))
                              : fmt::format("it belongs to [{}]", home));
    }
  }
}

}  // namespace san::boot
