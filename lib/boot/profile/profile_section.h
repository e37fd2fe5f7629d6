// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boot/iscsi_name.h"
#include "boot/profile/toml.h"

namespace san::boot {

/// What is wrong with a boot profile, gathered while it is read.
class Faults {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  /// `line`: 0 for what is about the whole file.
  void add(unsigned line, std::string cause, std::string hint = {});
  /// Throws Error(usage) about the first line that has one; the hint names the others. Nothing where there is
  /// none.
  void report() const;

 private:
  struct One {
    unsigned line;
    std::string cause, hint;
  };
  std::string path_;
  std::vector<One> all_;
};

/// A table of the profile that must have these keys and no others. Each function reads one key; what is
/// wrong goes to the faults, and the value is as if the key were not there.
class Section {
 public:
  Section(const std::vector<TomlTable>& tables, std::string name, Faults& faults);

  /// Whether the profile has this table at all.
  bool present() const { return table_ != nullptr; }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  /// A string that is not empty and has no control characters; empty where there is none.
  std::string text(std::string_view key) const;
  /// The same, of a key that must be there.
  std::string required_text(std::string_view key, const std::string& hint = {}) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// A whole number from `min` to `max`; `why` explains the limit (empty for nothing to be explained).
  std::optional<unsigned> number(std::string_view key, unsigned min, unsigned max,
                                 const std::string& why = {}) const;
  /// One of the words, by its place in `words`.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string>& words) const;
  /// A list of such strings.
  std::vector<std::string> list(std::string_view key) const;

  /// Something is wrong with what the key says: "TABLE.KEY: "VALUE" CAUSE".
  void fault(std::string_view key, const std::string& value, const Fault& fault) const;
  /// Something is wrong with the key itself: "TABLE.KEY: CAUSE".
  void fault(std::string_view key, const Fault& fault) const;

 private:
  const TomlEntry* find(std::string_view key) const;
  std::optional<std::string> checked(std::string_view key, const std::string& value) const;

  std::string name_;
  const TomlTable* table_ = nullptr;
  Faults& faults_;
};

/// Adds a fault for each table and each key that no boot profile has.
void check_keys(const std::vector<TomlTable>& tables, Faults& faults);

}  // namespace san::boot
