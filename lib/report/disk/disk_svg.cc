// SPDX-License-Identifier: Apache-2.0
#include "report/disk/disk_svg.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "core/units.h"
#include "report/disk/bar_plan.h"
#include "report/disk/layout_rows.h"
#include "report/disk/svg.h"
#include "report/disk/svg_style.h"

namespace san::report {
namespace {

constexpr unsigned kWidth = 1000, kMargin = 24, kPageWidth = kWidth - 2 * kMargin;
constexpr double kFontSize = 12.5;  ///< of the font
constexpr unsigned kHead = 24, kBody = 72, kStored = 8;
constexpr double kRow = 26, kLine = 19;

std::string title(const std::string& text) {
  return fmt::format("<title>{}</title>\n", xml_text(text));
}

class DiskSvg {
 public:
  DiskSvg(const picture::DiskLayout& layout, std::string id)
      : layout_(layout), id_(std::move(id)), rows_(rows_of(layout)) {}

  std::string draw() {
    heading();
    bar();
    legend();
    if (!rows_.empty()) table();
    notes();
    const double height = y_ + 12;
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sandisk\" viewBox=\"0 0 {0} {1}\" "
               "width=\"{0}\" height=\"{1}\" role=\"img\" aria-labelledby=\"{2}-title {2}-desc\">\n"
               "<title id=\"{2}-title\">{3}</title>\n<desc id=\"{2}-desc\">{4}</desc>\n",
               kWidth, svg_number(height), xml_text(id_), xml_text("Map of " + layout_.device),
               xml_text(description())) +
           svg_style(xml_text(id_)) + svg_rect("paper", 0, 0, kWidth, height) + body_ + "</svg>\n";
  }

 private:
  void put(const std::string& element) { body_ += element; }

  static std::string row_text(const LayoutRow& row) {
    std::string text = row.number ? fmt::format("partition {}: ", *row.number) : "";
    text += row.content;
    if (!row.name.empty()) text += fmt::format(" \"{}\"", row.name);
    text += fmt::format(", {} from {}", format_size(row.length), format_size(row.offset));
    if (row.used) text += fmt::format(", {} used ({})", format_size(*row.used), row.percent());
    return text;
  }

  /// The picture in words.
  std::string description() const {
    std::string text = caption_of(layout_);
    for (const LayoutRow& row : rows_) text += "; " + row_text(row);
    return text + ".";
  }

  void heading() {
    put(svg_text("text title", kMargin, 38, svg_clipped(layout_.device, kPageWidth, 18)));
    put(svg_text("soft", kMargin, 59, caption_of(layout_)));
    y_ = 74;
  }

  const char* css_class(const picture::LayoutRegion& region) const {
    switch (region.kind) {
      case picture::Region::Kind::table:
        return "table";
      case picture::Region::Kind::overlap:
        return "overlap";
      case picture::Region::Kind::unallocated:
        return "gap";
      case picture::Region::Kind::beyond:
        return "beyond";
      case picture::Region::Kind::unknown:
        return "unknown dim";
      case picture::Region::Kind::partition:
        break;
    }
    return style_of(hue_of(volume_of(layout_, region)->content)).name;
  }

  std::string fill(const char* pattern) const { return fmt::format("url(#{}-{})", xml_text(id_), pattern); }

  std::string patterned(const char* pattern, double x, double y, double width, double height) const {
    return fmt::format("<rect fill=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", fill(pattern),
                       svg_number(x), svg_number(y), svg_number(width), svg_number(height));
  }

  void bar() {
    BarOptions options;
    options.width = kPageWidth;
    options.border = 2;
    options.least = 6;
    options.digit = 11;
    const BarPlan plan = plan_bar(layout_, options);
    if (plan.segments.empty()) return;
    undrawn_ = plan.undrawn;
    const double height = kHead + kBody + (layout_.tells_stored() ? kStored + 2 : 0);
    double x = kMargin + options.border;
    for (const BarSegment& segment : plan.segments) {
      if (segment.several)
        put(svg_rect("stored dim", x, y_ + kHead, segment.cells, kBody));
      else
        draw_segment(layout_.regions[segment.region], x, segment.cells);
      x += segment.cells + (plan.separated ? options.border : 0);
    }
    put(fmt::format("<rect class=\"line\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>\n", kMargin,
                    svg_number(y_ - 2), kPageWidth, svg_number(height + 4)));
    y_ += height + 28;
  }

  void draw_segment(const picture::LayoutRegion& region, double x, double width) {
    const char* css = css_class(region);
    const picture::LayoutVolume* volume = volume_of(layout_, region);
    put("<g>\n" + title(tooltip(region)));
    if (volume != nullptr) {
      put(svg_rect(std::string(css) + " tint", x, y_, width, kHead + kBody));
      if (region.used.empty()) {
        put(svg_rect(std::string(css) + " dim", x, y_ + kHead, width, kBody));
        put(patterned("unknown", x, y_ + kHead, width, kBody));
      } else {
        profile(region, css, x, width);
      }
    } else {
      put(svg_rect(css, x, y_, width, kHead + kBody));
      if (region.kind == picture::Region::Kind::unallocated)
        put(patterned("gap", x, y_, width, kHead + kBody));
      if (region.kind != picture::Region::Kind::unallocated && region.kind != picture::Region::Kind::table)
        put(patterned("unknown", x, y_ + kHead, width, kBody));
    }
    label(region, x, width);
    if (layout_.tells_stored()) stored(region, x, width);
    put("</g>\n");
  }

  std::string tooltip(const picture::LayoutRegion& region) const {
    if (region.kind == picture::Region::Kind::partition)
      for (const LayoutRow& row : rows_)
        if (row.kind == picture::Region::Kind::partition && !row.extended && row.offset == region.offset)
          return row_text(row);
    return fmt::format("{}, {} from {}", names_of(layout_, region).front(), format_size(region.length),
                       format_size(region.offset));
  }

  void label(const picture::LayoutRegion& region, double x, double width) {
    const auto names = names_of(layout_, region);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool cut = i == 1 && width >= 80;
      const bool number = i + 2 == names.size();
      if (svg_width(names[i], kFontSize) > width - (number ? 2 : 12) && !cut) continue;
      const std::string css = region.kind == picture::Region::Kind::partition     ? "text strong"
                              : region.kind == picture::Region::Kind::unallocated ? "soft"
                                                                                  : "text";
      if (svg_width(names[i], kFontSize) > width - 12 && !cut)
        put(svg_text(css + " middle", x + width / 2, y_ + 17, names[i]));
      else
        put(svg_text(css, x + 6, y_ + 17, svg_clipped(names[i], width - 12, kFontSize)));
      return;
    }
  }

  /// Draws the used blocks of the partition as a silhouette.
  void profile(const picture::LayoutRegion& region, const char* css, double x, double width) {
    const double bottom = y_ + kHead + kBody;
    const double spanned = static_cast<double>(region.spanned) / static_cast<double>(region.length);
    const unsigned steps = std::max(1U, static_cast<unsigned>(width / 2));
    std::string path = fmt::format("M{} {}", svg_number(x), svg_number(bottom));
    double last = -1;
    for (unsigned i = 0; i < steps; ++i) {
      const double share = region.used.share(static_cast<double>(i) / steps, (i + 1.0) / steps);
      // A small share stays visible, and a nearly full one visibly incomplete.
      const double height = share <= 0 ? 0 : share >= 1 ? kBody : std::clamp(share * kBody, 1.5, kBody - 1.5);
      if (height != last)
        path += fmt::format("H{}V{}", svg_number(x + width * i / steps), svg_number(bottom - height));
      last = height;
    }
    path += fmt::format("H{}V{}Z", svg_number(x + width), svg_number(bottom));
    put(fmt::format("<path class=\"{}\" d=\"{}\"/>\n", css, path));
    if (const double rest = width * (1 - spanned); rest >= 1) {
      put(svg_rect("gap", x + width - rest, y_ + kHead, rest, kBody));
      put(patterned("gap", x + width - rest, y_ + kHead, rest, kBody));
    }
  }

  /// The strip that says what the device stores.
  void stored(const picture::LayoutRegion& region, double x, double width) {
    const double y = y_ + kHead + kBody + 2;
    put(svg_rect("track", x, y, width, kStored));
    const unsigned steps = std::max(1U, static_cast<unsigned>(width / 2));
    const auto here = [&](unsigned step) {
      return region.storage(static_cast<double>(step) / steps, (step + 1.0) / steps);
    };
    for (unsigned i = 0; i < steps;) {
      const picture::Storage storage = here(i);
      unsigned end = i + 1;
      while (end < steps && here(end) == storage) ++end;
      const double left = x + width * i / steps, wide = width * (end - i) / steps;
      if (storage == picture::Storage::unknown)
        put(patterned("unknown", left, y, wide, kStored));
      else if (storage != picture::Storage::none)
        put(svg_rect(storage == picture::Storage::all ? "stored" : "stored dim", left, y, wide, kStored));
      i = end;
    }
  }

  void legend() {
    const picture::LayoutTotals& totals = layout_.totals;
    double x = kMargin;
    const auto item = [&](const char* css, const char* pattern, const char* name, std::uint64_t bytes,
                          bool wanted) {
      if (!wanted) return;
      const std::string text = fmt::format("{} {}", name, format_size(bytes));
      const double width = 18 + svg_width(text, kFontSize) + 14;
      if (x + width > kWidth - kMargin && x > kMargin) {
        x = kMargin;
        y_ += kLine;
      }
      put(svg_rect(css, x, y_ - 10, 12, 12, 2));
      if (pattern != nullptr) put(patterned(pattern, x, y_ - 10, 12, 12));
      put(svg_text("text", x + 18, y_, text));
      x += width;
    };
    item("stored", nullptr, "used", totals.used, totals.used > 0);
    item("stored tint", nullptr, "free", totals.free, totals.free > 0);
    item("stored dim", "unknown", "not known", totals.unknown, totals.unknown > 0);
    const std::uint64_t gaps = totals.unallocated + totals.slack;
    item("gap", "gap", "unallocated", gaps,
         gaps > 2 * MiB || gaps >= std::max<std::uint64_t>(layout_.size / 100, 1));
    item("beyond", nullptr, "beyond the table", totals.beyond, totals.beyond > 0);
    item("stored", nullptr, "stored by the device (lower strip)", totals.data, layout_.tells_stored());
    const std::uint64_t unreported = layout_.size - totals.data - totals.zero;
    item("track", "unknown", "not reported by the device", unreported,
         layout_.tells_stored() && unreported > 0);
    y_ += 20;
  }

  void table() {
    y_ += 14;
    const auto head = [&](const char* css, double x, const char* text) {
      put(svg_text(std::string("soft") + css, x, y_, text));
    };
    head(" end", 46, "#");
    head("", 74, "Content");
    head("", 190, "Name");
    head("", 392, "Type");
    head(" end", 650, "Start");
    head(" end", 738, "Size");
    head(" end", 826, "Used");
    y_ += 8;
    for (std::size_t i = 0; i < rows_.size(); ++i) row(rows_[i], i % 2 == 0);
    y_ += 8;
  }

  void row(const LayoutRow& one, bool shaded) {
    if (shaded) put(svg_rect("row", kMargin, y_, kPageWidth, kRow, 3));
    const double base = y_ + 17.5;
    const bool data = one.kind == picture::Region::Kind::partition;
    put(svg_text("text strong end", 46, base, one.number ? std::to_string(*one.number) : ""));
    const char* css = data                                        ? style_of(one.hue).name
                      : one.kind == picture::Region::Kind::beyond ? "beyond"
                                                                  : "gap";
    put(svg_rect(css, 56, y_ + 8, 11, 11, 2));
    if (!data && one.kind != picture::Region::Kind::beyond) put(patterned("gap", 56, y_ + 8, 11, 11));
    put(svg_text(data ? "text" : "soft", 74, base, svg_clipped(one.content, 112, kFontSize)));
    put(svg_text("text", 190, base, svg_clipped(one.name, 196, kFontSize)));
    put(svg_text("soft", 392, base, svg_clipped(one.type, 180, kFontSize)));
    put(svg_text("text end", 650, base, format_size(one.offset)));
    put(svg_text("text end", 738, base, format_size(one.length)));
    if (one.used) {
      put(svg_text("text end", 826, base, format_size(*one.used)));
      put(svg_rect("track", 840, y_ + 9, 84, 8, 4));
      if (*one.used > 0) put(svg_rect(css, 840, y_ + 9, std::clamp(84 * one.share(), 2.0, 84.0), 8, 4));
    }
    put(svg_text("text end", kWidth - kMargin - 6, base, one.percent()));
    y_ += kRow;
  }

  void notes() {
    Diagnostics all = notes_of(layout_);
    if (undrawn_ > 0)
      all.push_back(
          {Severity::info, "", fmt::format("{} of the partitions are too small to be drawn", undrawn_)});
    if (!all.empty()) y_ += 14;
    for (const Diagnostic& note : all) {
      const bool plain = note.severity == Severity::info;
      if (!plain)
        put(svg_text(std::string("strong ") + severity_name(note.severity), kMargin, y_,
                     severity_name(note.severity)));
      else
        put(svg_text("soft", kMargin, y_, "note"));
      for (const std::string& line : svg_lines(note.text, kPageWidth - 70, kFontSize)) {
        put(svg_text("text", kMargin + 70, y_, line));
        y_ += kLine;
      }
    }
  }

  const picture::DiskLayout& layout_;
  const std::string id_;
  const std::vector<LayoutRow> rows_;
  std::string body_;
  double y_ = 0;
  std::size_t undrawn_ = 0;
};

}  // namespace

std::string draw_svg(const picture::DiskLayout& layout, const std::string& id) {
  return DiskSvg(layout, id).draw();
}

}  // namespace san::report
