// SPDX-License-Identifier: Apache-2.0
#include "report/disk/row_table.h"

#include <algorithm>

#include "core/units.h"
#include "report/disk/text_style.h"

namespace san::report {
namespace {

enum Column { kNumber, kStart, kSize, kContent, kName, kType, kUsed, kPercent, kBar, kUuid, kColumns };

struct Heading {
  SourceText title;
  bool right;
  bool needed;
};
constexpr Heading kHeadings[kColumns] = {
    {"#", true, true},      {"start", true, true},  {"size", true, true},  {"content", false, true},
    {"name", false, false}, {"type", false, false}, {"used", true, false}, {"", true, true},
    {"", false, false},     {"uuid", false, false}};
/// Optional columns, added while there is space, the most important first.
constexpr Column kWanted[] = {kUsed, kName, kBar, kType, kUuid};

constexpr std::size_t kMaxName = 28, kMinName = 8, kBarWidth = 10;

Printable cell(const LayoutRow& row, Column column, const Canvas& canvas) {
  const bool data = row.kind == picture::Region::Kind::partition;
  switch (column) {
    case kNumber:
      return row.number ? format_text("{}", *row.number) : SourceText("-");
    case kStart:
      return as_printable(format_size(row.offset));
    case kSize:
      return as_printable(format_size(row.length));
    case kContent:
      return shown(row.content, canvas.utf8);
    case kName:
      return clipped(shown(row.name, canvas.utf8), kMaxName, canvas.utf8);
    case kType:
      return shown(row.type, canvas.utf8);
    case kUsed:
      return row.used ? as_printable(format_size(*row.used)) : SourceText("");
    case kPercent:
      return as_printable(row.percent());
    case kBar:
      return data && row.used ? small_bar(row.share(), kBarWidth, canvas.utf8) : SourceText("");
    case kUuid:
      return shown(row.uuid, canvas.utf8);
    case kColumns:
      break;
  }
  return {};
}

class RowTable {
 public:
  RowTable(const std::vector<LayoutRow>& rows, const Canvas& canvas) : canvas_(canvas) {
    for (const LayoutRow& row : rows) {
      auto& cells = cells_.emplace_back();
      for (int i = 0; i < kColumns; ++i) cells.push_back(cell(row, static_cast<Column>(i), canvas));
    }
    choose();
  }

  Printable line(std::size_t row, const LayoutRow& what) const {
    return draw(cells_[row], [&](Column column, const Printable& text) {
      if (column == kBar) return painted(canvas_.color, style_of(what.hue).ansi, text);
      if (column == kContent)
        return painted(canvas_.color,
                       what.kind == picture::Region::Kind::partition ? style_of(what.hue).ansi : sgr::faint,
                       text);
      return text;
    });
  }

  Printable headings() const {
    std::vector<Printable> titles;
    for (const Heading& heading : kHeadings) titles.emplace_back(heading.title);
    if (widths_[kUsed] == 0) titles[kPercent] = titles[kUsed];
    return draw(titles,
                [&](Column, const Printable& text) { return painted(canvas_.color, sgr::bold, text); });
  }

 private:
  /// Chooses the columns and their widths.
  void choose() {
    std::size_t width = 0;
    std::size_t widest[kColumns] = {};
    for (int i = 0; i < kColumns; ++i) {
      for (const auto& cells : cells_)
        widest[i] = std::max(widest[i], columns(cells[static_cast<std::size_t>(i)]));
      // A column that says nothing is left out, but for those that the eye looks for.
      if (widest[i] > 0) widest[i] = std::max(widest[i], columns(kHeadings[i].title));
      widths_[i] = kHeadings[i].needed ? widest[i] : 0;
      if (i == kPercent) widths_[i] = std::max(widths_[i], columns(kHeadings[kUsed].title));
      if (widths_[i] > 0) width += widths_[i] + 2;
    }
    for (const Column column : kWanted) {
      std::size_t wanted = widest[column];
      const std::size_t space = canvas_.width - std::min<std::size_t>(canvas_.width, width + 2);
      if (column == kName && wanted > space && space >= kMinName) wanted = space;
      if (wanted == 0 || wanted > space) continue;
      widths_[column] = wanted;
      width += wanted + 2;
    }
    // "used" is the heading of the percentages if there are no bytes.
    if (widths_[kUsed] > 0) widths_[kPercent] = widest[kPercent];
  }

  template <typename Paint>
  Printable draw(const std::vector<Printable>& cells, Paint&& paint) const {
    Printable text;
    std::size_t missing = 0;  // spaces that are owed to the columns before
    for (int i = 0; i < kColumns; ++i) {
      if (widths_[i] == 0) continue;
      const Printable plain = clipped(cells[static_cast<std::size_t>(i)], widths_[i], canvas_.utf8);
      const std::size_t pad = widths_[i] - columns(plain);
      missing += 2 + (kHeadings[i].right ? pad : 0);
      if (!plain.empty()) {
        text += repeated(" ", missing) + paint(static_cast<Column>(i), plain);
        missing = 0;
      }
      if (!kHeadings[i].right) missing += pad;
    }
    return text + "\n";
  }

  const Canvas& canvas_;
  std::vector<std::vector<Printable>> cells_;
  std::size_t widths_[kColumns] = {};
};

}  // namespace

Printable draw_rows(const std::vector<LayoutRow>& rows, const Canvas& canvas) {
  if (rows.empty()) return {};
  const RowTable table(rows, canvas);
  Printable text = table.headings();
  for (std::size_t i = 0; i < rows.size(); ++i) text += table.line(i, rows[i]);
  return text;
}

}  // namespace san::report
