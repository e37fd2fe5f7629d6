// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

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
  std::string text(const std::string& indent = {}) const;

  /// An array with one object a row.
  Json json() const;

  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// `text` on one line of a terminal: bytes of controls (C0, C1) and what is not UTF-8 are shown as \xNN, what
/// divides lines, turns the direction (UAX #9) or hides as \uNNNN. Done once more, it changes nothing.
std::string printable(std::string_view text);

}  // namespace san
