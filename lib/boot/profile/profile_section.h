// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boot/profile/toml.h"
#include "core/fault.h"

namespace san::boot {

/// Faults of a boot profile, collected while it is read.
class Faults {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  /// Adds a fault. `line` is 0 for one about the whole file.
  void add(unsigned line, std::string cause, std::string hint = {});
  /// Throws Error(usage) about the first faulty line; the hint names the others. Does nothing if there are no
  /// faults.
  void report() const;

 private:
  struct One {
    unsigned line;
    Fault fault;
  };
  std::string path_;
  std::vector<One> all_;
};

/// A table of the profile. Each function reads one key; errors are added to the faults, and the value
/// returned is that of a missing key.
class Section {
 public:
  Section(const std::vector<TomlTable>& tables, std::string name, Faults& faults);

  /// Returns true if the profile has this table at all.
  bool present() const { return table_ != nullptr; }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  /// Reads a string that is not empty and has no control characters; returns an empty one if the key is
  /// missing.
  std::string text(std::string_view key) const;
  /// Reads a string as text() does, of a key that must be present.
  std::string required_text(std::string_view key, const std::string& hint = {}) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// Reads a whole number from `min` to `max`; `why` explains the limit (empty if no explanation is needed).
  std::optional<unsigned> number(std::string_view key, unsigned min, unsigned max,
                                 const std::string& why = {}) const;
  /// Reads one of `words` and returns its index.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string>& words) const;
  /// Reads a list of strings, each as text() requires.
  std::vector<std::string> list(std::string_view key) const;

  /// Adds a fault of the key's value: "TABLE.KEY: "VALUE" CAUSE".
  void fault(std::string_view key, const std::string& value, const Fault& fault) const;
  /// Adds a fault of the key itself: "TABLE.KEY: CAUSE".
  void fault(std::string_view key, const Fault& fault) const;

 private:
  const TomlEntry* find(std::string_view key) const;
  std::optional<std::string> checked(std::string_view key, const std::string& value) const;

  std::string name_;
  const TomlTable* table_ = nullptr;
  Faults& faults_;
};

/// Adds a fault for each table and each key that a boot profile does not have.
void check_keys(const std::vector<TomlTable>& tables, Faults& faults);

}  // namespace san::boot
