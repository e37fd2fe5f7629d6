// SPDX-License-Identifier: Apache-2.0
#include "core/table.h"

#include <fmt/format.h>
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

std::string cell_text(const Cell& cell) {
  return std::visit(
      Visitor{[](std::monostate) { return std::string("-"); },
              [](const std::string& s) { return printable(s); },
              [](std::uint64_t n) { return std::to_string(n); }, [](Bytes b) { return format_size(b.value); },
              [](bool b) { return std::string(b ? "yes" : "no"); }},
      cell);
}

Json cell_json(const Cell& cell) {
  return std::visit(
      Visitor{[](std::monostate) { return Json(nullptr); }, [](const std::string& s) { return Json(s); },
              [](std::uint64_t n) { return Json(n); }, [](Bytes b) { return Json(b.value); },
              [](bool b) { return Json(b); }},
      cell);
}

/// Bytes of the printable UTF-8 character (RFC 3629, 4) that `text` begins with; 0 where its first byte is a
/// control character or begins none. U+0080 to U+009F are controls too: some terminals take U+009B for ESC [.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  std::uint32_t point = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLowest[] = {0, 0, 0xA0, 0x800, 0x10000};
  return point >= kLowest[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF) ? length : 0;
}

/// Columns that `text` takes: bytes that do not continue an UTF-8 sequence.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void Table::add(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(const std::string& indent) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(column.title);
  for (const auto& row : rows_) {
    lines.emplace_back();
    for (const Cell& cell : row) lines.back().push_back(cell_text(cell));
  }
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));

  std::string out;
  for (const auto& line : lines) {
    std::string one = indent;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - width(line[i]), ' ');
      if (i > 0) one += "  ";
      one += columns_[i].align == Align::right ? pad + line[i] : line[i] + pad;
    }
    one.erase(one.find_last_not_of(' ') + 1);
    out += one + "\n";
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

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character(text);
    if (length == 0)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace san
