// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "core/text/printable.h"

namespace san {

/// A number of bytes: "40.0 GiB" in text, a plain number in JSON.
struct Bytes {
  std::uint64_t value = 0;
};

/// One value of a table. `monostate` means "not known": "-" in text, null in JSON.
using Cell = std::variant<std::monostate, std::string, std::uint64_t, Bytes, bool>;

/// Rows and columns of a listing, printed as aligned text for people or as JSON for scripts.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string key;    ///< field name in JSON
    std::string title;  ///< heading in text
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row with one value for each column; a shorter row is filled with "not known".
  void add(std::vector<Cell> cells);

  /// Returns headings and rows as aligned text, with two spaces between columns and none at the end of a
  /// line. `indent` begins each line.
  Printable text(PrintablePart indent = "") const;

  /// Returns an array with one object for each row.
  Json json() const;

  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace san
