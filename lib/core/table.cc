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

struct Character {
  std::uint32_t point = 0;
  std::size_t bytes = 0;
};

/// The UTF-8 character (RFC 3629, 4) that `text` begins with; of no bytes where its first byte is a control
/// character or begins none. U+0080 to U+009F are controls too: some terminals take U+009B for ESC [.
Character character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, first >= 0x20 && first != 0x7F ? std::size_t{1} : 0};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  std::uint32_t point = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLowest[] = {0, 0, 0xA0, 0x800, 0x10000};
  const bool good = point >= kLowest[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
  return {point, good ? length : 0};
}

/// Characters that act and are not seen: of UAX #9 and UAX #14, the byte order mark, and tags (Unicode 15,
/// 23.9). Joiners are left: names in some scripts are written with them.
bool is_hidden(std::uint32_t point) {
  struct PointRange {
    std::uint32_t first, last;
  };
  constexpr PointRange kHidden[] = {{0x061C, 0x061C}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
                                    {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
  return std::ranges::any_of(kHidden,
                             [&](const PointRange& r) { return point >= r.first && point <= r.last; });
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
    const Character c = character(text);
    if (c.bytes == 0)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    else if (is_hidden(c.point))
      out += c.point > 0xFFFF ? fmt::format("\\U{:08x}", c.point) : fmt::format("\\u{:04x}", c.point);
    else
      out += text.substr(0, c.bytes);
    text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
  return out;
}

}  // namespace san
