// SPDX-License-Identifier: Apache-2.0
#include "report/disk/disk_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "report/disk/bar_plan.h"
#include "report/disk/layout_rows.h"
#include "report/disk/row_table.h"
#include "report/disk/text_style.h"

namespace san::report {
namespace {

/// Shown in the line of stored bytes if the device does not report them.
constexpr SourceText kNotReported = "?";

/// The bar, line by line.
class BarText {
 public:
  BarText(const picture::DiskLayout& layout, const BarPlan& plan, const Canvas& canvas)
      : layout_(layout), plan_(plan), canvas_(canvas), signs_(signs_of(canvas.utf8)) {}

  Printable draw() const {
    Printable text = edge(signs_.top_left, signs_.top, signs_.top_right);
    text += line([this](const BarSegment& segment) { return label(segment); });
    for (unsigned row = signs_.height; row-- > 0;)
      text += line([this, row](const BarSegment& segment) { return fill(segment, row); });
    if (layout_.tells_stored()) text += line([this](const BarSegment& segment) { return stored(segment); });
    return text + edge(signs_.bottom_left, signs_.bottom, signs_.bottom_right);
  }

 private:
  template <typename Draw>
  Printable line(Draw&& draw) const {
    const Printable border = painted(canvas_.color, sgr::faint, signs_.vertical);
    Printable text = border;
    for (std::size_t i = 0; i < plan_.segments.size(); ++i) {
      if (i > 0 && plan_.separated) text += border;
      text += draw(plan_.segments[i]);
    }
    return text + border + "\n";
  }

  Printable edge(SourceText left, SourceText between, SourceText right) const {
    Printable text = left;
    for (std::size_t i = 0; i < plan_.segments.size(); ++i) {
      if (i > 0 && plan_.separated) text += between;
      text += repeated(signs_.horizontal, plan_.segments[i].cells);
    }
    return painted(canvas_.color, sgr::faint, text + right) + "\n";
  }

  const picture::LayoutRegion& region(const BarSegment& segment) const {
    return layout_.regions[segment.region];
  }

  SourceText color(const picture::LayoutRegion& region) const {
    if (region.kind == picture::Region::Kind::overlap) return sgr::red;
    if (region.kind == picture::Region::Kind::beyond) return sgr::yellow;
    const picture::LayoutVolume* volume = volume_of(layout_, region);
    return volume != nullptr ? style_of(hue_of(volume->content)).ansi : sgr::faint;
  }

  Printable label(const BarSegment& segment) const {
    const picture::LayoutRegion& here = region(segment);
    const auto names = names_of(layout_, here);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Printable name = shown(names[i], canvas_.utf8);
      const bool last = i + 1 == names.size();
      // A long label is better cut than left out, as long as what is left of it says something.
      const bool cut = i == 1 && segment.cells >= 10 && plan_.separated;
      // Without a border a label needs a space after it.
      const bool fits = columns(name) + (plan_.separated ? 0 : 1) <= segment.cells && !segment.several;
      if (!fits && !last && !cut) continue;
      const Printable text = clipped(name, segment.cells, canvas_.utf8);
      const bool partition = here.kind == picture::Region::Kind::partition;
      return painted(canvas_.color, partition ? sgr::bold : color(here), text) +
             repeated(" ", segment.cells - columns(text));
    }
    return {};
  }

  /// One line of a segment's cells; row 0 is the lowest.
  Printable fill(const BarSegment& segment, unsigned row) const {
    const picture::LayoutRegion& here = region(segment);
    Printable text;
    for (unsigned cell = 0; cell < segment.cells; ++cell) text += sign(here, segment, cell, row);
    return painted(canvas_.color, segment.several ? sgr::faint : color(here), text);
  }

  SourceText sign(const picture::LayoutRegion& here, const BarSegment& segment, unsigned cell,
                  unsigned row) const {
    if (segment.several) return signs_.several;
    switch (here.kind) {
      case picture::Region::Kind::table:
        return signs_.table;
      case picture::Region::Kind::overlap:
        return signs_.overlap;
      case picture::Region::Kind::unallocated:
        return signs_.unallocated;
      case picture::Region::Kind::beyond:
        return signs_.beyond;
      case picture::Region::Kind::unknown:
        return signs_.unknown;
      case picture::Region::Kind::partition:
        break;
    }
    if (here.used.empty()) return signs_.unknown;
    const double from = static_cast<double>(cell) / segment.cells, to = (cell + 1.0) / segment.cells;
    if (from * static_cast<double>(here.length) >= static_cast<double>(here.spanned))
      return signs_.unallocated;
    return level(here.used.share(from, to), row);
  }

  SourceText level(double share, unsigned row) const {
    if (share <= 0) return row == 0 ? signs_.none : SourceText(" ");
    const auto most = static_cast<int>(8 * signs_.height);
    // Neither a little nor nearly all is rounded away.
    int eighths = std::clamp(static_cast<int>(std::lround(share * most)), 1, most);
    if (share < 1) eighths = std::min(eighths, most - 1);
    return signs_.levels[std::clamp(eighths - static_cast<int>(8 * row), 0, 8)];
  }

  SourceText sign(picture::Storage storage) const {
    switch (storage) {
      case picture::Storage::none:
        break;
      case picture::Storage::some:
        return signs_.partly_stored;
      case picture::Storage::all:
        return signs_.stored;
      case picture::Storage::unknown:
        return kNotReported;
    }
    return " ";
  }

  Printable stored(const BarSegment& segment) const {
    const picture::LayoutRegion& here = region(segment);
    Printable text;
    for (unsigned cell = 0; cell < segment.cells; ++cell) {
      text +=
          sign(segment.several
                   ? storage(layout_, edge_of(segment.first + cell), edge_of(segment.first + cell + 1))
                   : here.storage(static_cast<double>(cell) / segment.cells, (cell + 1.0) / segment.cells));
    }
    return painted(canvas_.color, sgr::faint, text);
  }

  /// Returns the offset on the disk at which a cell of a bar without borders begins.
  std::uint64_t edge_of(unsigned cell) const {
    const BarSegment& last = plan_.segments.back();
    const double part = static_cast<double>(cell) / (last.first + last.cells);
    return part >= 1 ? layout_.size : static_cast<std::uint64_t>(part * static_cast<double>(layout_.size));
  }

  const picture::DiskLayout& layout_;
  const BarPlan& plan_;
  const Canvas& canvas_;
  const Signs& signs_;
};

/// Explains the characters, with the bytes of each.
Printable legend(const picture::DiskLayout& layout, const Canvas& canvas) {
  const Signs& signs = signs_of(canvas.utf8);
  const picture::LayoutTotals& totals = layout.totals;
  const std::uint64_t unreported = layout.tells_stored() ? layout.size - totals.data - totals.zero : 0;
  struct Item {
    SourceText sign, color, name;
    std::uint64_t bytes;
  };
  const Item items[] = {{signs.levels[8], "", "used", totals.used},
                        {signs.none, "", "free", totals.free},
                        {signs.unknown, "", "not known", totals.unknown},
                        {signs.unallocated, sgr::faint, "unallocated", totals.unallocated + totals.slack},
                        {signs.beyond, sgr::yellow, "beyond the table", totals.beyond},
                        {signs.stored, sgr::faint, "stored by the device", totals.data},
                        {kNotReported, sgr::faint, "not reported by the device", unreported}};
  Printable text, line;
  std::size_t width = 0;
  for (const Item& item : items) {
    // Alignment is not worth a line.
    const bool gaps = item.sign.text() == signs.unallocated.text() && item.bytes <= 2 * MiB &&
                      item.bytes < layout.size / 100;
    if (item.bytes == 0 && !(item.sign.text() == signs.stored.text() && layout.tells_stored())) continue;
    if (gaps) continue;
    const Printable words = format_text(" {} {}", item.name, format_size(item.bytes));
    const std::size_t here = columns(words) + 1;
    if (width > 0 && width + 3 + here > canvas.width) {
      text += line + "\n";
      line = {};
      width = 0;
    }
    line += repeated(" ", width > 0 ? 3 : 1) + painted(canvas.color, item.color, item.sign) + words;
    width += (width > 0 ? 3 : 1) + here;
  }
  return text + (line.empty() ? line : line + "\n");
}

Printable notes(const picture::DiskLayout& layout, const BarPlan& plan, const Canvas& canvas) {
  Printable text;
  Diagnostics all = notes_of(layout);
  if (plan.undrawn > 0)
    all.push_back({Severity::info, "",
                   fmt::format("{} of the partitions share cells ({}) of the bar", plan.undrawn,
                               signs_of(canvas.utf8).several.text())});
  for (const Diagnostic& note : all) {
    const SourceText color = note.severity == Severity::error     ? sgr::red
                             : note.severity == Severity::warning ? sgr::yellow
                                                                  : SourceText("");
    const Printable first = note.severity == Severity::info
                                ? SourceText("note: ")
                                : format_text("{}: ", severity_name(note.severity));
    const Printable lines = wrapped(first, shown(note.text, canvas.utf8), canvas.width);
    text += painted(canvas.color, color, first) + lines.behind(first.size());
  }
  return text;
}

}  // namespace

Printable draw_text(const picture::DiskLayout& layout, const Canvas& canvas) {
  const Printable name = shown(layout.device, canvas.utf8), caption = as_printable(caption_of(layout));
  const bool one_line = columns(name) + 2 + caption.size() <= canvas.width;
  Printable text = painted(canvas.color, sgr::bold, name) +
                   (one_line ? SourceText("  ") : SourceText("\n  ")) + caption + "\n";
  BarOptions options;
  options.width = canvas.width;
  const BarPlan plan = plan_bar(layout, options);
  if (!plan.segments.empty()) text += "\n" + BarText(layout, plan, canvas).draw() + legend(layout, canvas);
  const Printable rows = draw_rows(rows_of(layout), canvas);
  if (!rows.empty()) text += "\n" + rows;
  const Printable words = notes(layout, plan, canvas);
  if (!words.empty()) text += "\n" + words;
  return text;
}

}  // namespace san::report
