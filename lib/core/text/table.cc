// SPDX-License-Identifier: Apache-2.0
#include "core/text/table.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/units.h"

namespace san {
namespace {

template <class... Ts>
struct Visitor : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Visitor(Ts...) -> Visitor<Ts...>;  // clang before 17 does not deduce the arguments of an aggregate

Printable cell_text(const Cell& cell) {
  return std::visit(Visitor{[](std::monostate) { return Printable("-"); },
                            [](const std::string& s) { return as_printable(s); },
                            [](std::uint64_t n) { return format_text("{}", n); },
                            [](Bytes b) { return as_printable(format_size(b.value)); },
                            [](bool b) { return b ? Printable("yes") : Printable("no"); }},
                    cell);
}

Json cell_json(const Cell& cell) {
  return std::visit(
      Visitor{[](std::monostate) { return Json(nullptr); }, [](const std::string& s) { return Json(s); },
              [](std::uint64_t n) { return Json(n); }, [](Bytes b) { return Json(b.value); },
              [](bool b) { return Json(b); }},
      cell);
}

/// Counts the columns that `text` takes: bytes that do not continue a UTF-8 sequence.
std::size_t width(const Printable& text) {
  return static_cast<std::size_t>(std::count_if(text.text().begin(), text.text().end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

void Table::add(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

Printable Table::text(PrintablePart indent) const {
  std::vector<std::vector<Printable>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(as_printable(column.title));
  for (const auto& row : rows_) {
    lines.emplace_back();
    for (const Cell& cell : row) lines.back().push_back(cell_text(cell));
  }
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));

  Printable out;
  for (const auto& line : lines) {
    Printable one;
    one += indent;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Printable pad = repeated(" ", widths[i] - width(line[i]));
      if (i > 0) one += "  ";
      one += columns_[i].align == Align::right ? pad + line[i] : line[i] + pad;
    }
    out += one.trimmed() + "\n";
  }
  return out;
}

Json Table::json() const {
  Json array = Json::array();
  for (const auto& row : rows_) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) object[columns_[i].key] = cell_json(row[i]);
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace san
