// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/text/printable.h"

namespace san {

/// JSON documents keep the order in which fields were put in, so that people can read them too.
using Json = nlohmann::ordered_json;

/// A number of bytes: "40.0 GiB" in text, the plain number in JSON.
struct Bytes {
  std::uint64_t value = 0;
};

/// One value of a table. `monostate` is "not known": "-" in text, null in JSON.
using Cell = std::variant<std::monostate, std::string, std::uint64_t, Bytes, bool>;

/// The one model behind everything that is listed: printed as aligned text for people or as JSON for scripts.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string key;    ///< field name in JSON
    std::string title;  ///< heading in text
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// `cells` has one value a column; a shorter row is filled with "not known".
  void add(std::vector<Cell> cells);

  /// Headings and rows, two spaces between columns, no space at the end of a line. `indent` stands before
  /// each line.
  Printable text(PrintablePart indent = "") const;

  /// An array with one object a row.
  Json json() const;

  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace san
