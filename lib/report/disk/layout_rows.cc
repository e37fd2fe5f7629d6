// SPDX-License-Identifier: Apache-2.0
#include "report/disk/layout_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"

namespace san::report {
namespace {

constexpr const char* kUnallocated = "unallocated";
constexpr const char* kBeyond = "beyond table";
constexpr const char* kUnknown = "unknown";

const std::string& either(const std::string& first, const std::string& second) {
  return first.empty() ? second : first;
}

LayoutRow volume_row(const picture::LayoutVolume& volume) {
  const partition::Partition& entry = volume.entry;
  LayoutRow row;
  if (entry.number != 0) row.number = entry.number;
  row.offset = entry.offset;
  row.length = entry.length;
  row.content = volume.content;
  row.name = either(volume.label, entry.name);
  row.type = either(entry.type_name, entry.type_id);
  row.uuid = either(volume.uuid, entry.uuid);
  row.extended = entry.extended;
  row.hue = hue_of(volume.content);
  if (volume.known) row.used = volume.used;
  row.spanned = volume.spanned;
  return row;
}

LayoutRow gap_row(const picture::LayoutRegion& region) {
  LayoutRow row;
  row.kind = region.kind;
  row.offset = region.offset;
  row.length = region.length;
  row.content = region.kind == picture::Region::Kind::beyond    ? kBeyond
                : region.kind == picture::Region::Kind::unknown ? kUnknown
                                                                : kUnallocated;
  if (region.container != 0) row.type = fmt::format("in partition {}", region.container);
  return row;
}

/// "partition 3", "partitions 3 to 6, 8 and 9"; empty for the whole device. The numbers ascend.
std::string partitions_text(const std::vector<std::uint32_t>& numbers) {
  if (numbers.size() == 1) return numbers[0] == 0 ? "" : fmt::format("partition {}", numbers[0]);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (end - i > 2)
      words.push_back(fmt::format("{} to {}", numbers[i], numbers[end - 1]));
    else
      for (std::size_t k = i; k < end; ++k) words.push_back(std::to_string(numbers[k]));
    i = end;
  }
  if (words.size() == 1) return "partitions " + words[0];
  return fmt::format("partitions {} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

void add_reasons(const picture::DiskLayout& layout, Diagnostics& notes) {
  struct Reason {
    std::string content, why;
    bool fault = false;
    std::vector<std::uint32_t> numbers;
  };
  std::vector<Reason> reasons;
  for (const picture::LayoutVolume& volume : layout.volumes) {
    // A container, and what ends before it begins, are no content; the latter is a problem of the table.
    if (volume.known || volume.entry.extended || volume.entry.length == 0) continue;
    // The space beside a table is part of the table's row.
    if (volume.entry.number == 0 && layout.table.kind != partition::TableKind::none) continue;
    const bool blank = volume.entry.number == 0 && layout.totals.zero == layout.size;
    if (blank) {
      notes.push_back({Severity::info, "", "the device is blank: nothing is stored on it"});
      continue;
    }
    const auto same = std::ranges::find_if(reasons, [&](const Reason& reason) {
      return reason.content == volume.content && reason.why == volume.why_unknown;
    });
    if (same != reasons.end())
      same->numbers.push_back(volume.entry.number);
    else
      reasons.push_back({volume.content, volume.why_unknown, volume.fault, {volume.entry.number}});
  }
  for (const Reason& reason : reasons) {
    const std::string who = partitions_text(reason.numbers);
    const std::string what = reason.content == "unknown" ? "" : fmt::format(" ({})", reason.content);
    notes.push_back(
        {reason.fault ? Severity::warning : Severity::info, "",
         fmt::format("{}{}: use not known: {}", who.empty() ? "the device" : who, what, reason.why)});
  }
}

}  // namespace

double LayoutRow::share() const {
  return used && spanned > 0 ? static_cast<double>(*used) / static_cast<double>(spanned) : 0;
}

std::string LayoutRow::percent() const {
  if (kind == picture::Region::Kind::unknown) return "?";
  if (kind != picture::Region::Kind::partition || extended || length == 0) return {};
  if (!used) return "?";
  const double hundredths = 100 * share();
  if (*used > 0 && hundredths < 0.5) return "<1%";
  if (*used < spanned && hundredths >= 99.5) return ">99%";
  return fmt::format("{}%", std::lround(hundredths));
}

std::vector<LayoutRow> rows_of(const picture::DiskLayout& layout) {
  std::vector<LayoutRow> rows;
  for (const picture::LayoutVolume& volume : layout.volumes)
    if (volume.entry.number != 0 || volume.entry.length != 0) rows.push_back(volume_row(volume));
  for (const picture::LayoutRegion& region : layout.regions)
    if (region.kind == picture::Region::Kind::beyond ||
        ((region.kind == picture::Region::Kind::unallocated ||
          region.kind == picture::Region::Kind::unknown) &&
         (region.length > MiB || region.length >= layout.size / 100)))
      rows.push_back(gap_row(region));
  // A container comes before what it holds.
  std::ranges::stable_sort(rows, [](const LayoutRow& a, const LayoutRow& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.extended && !b.extended;
  });
  return rows;
}

std::string caption_of(const picture::DiskLayout& layout) {
  const partition::PartitionTable& table = layout.table;
  const char* kind = "";
  switch (table.kind) {
    case partition::TableKind::none:
      kind = "no partition table";
      break;
    case partition::TableKind::mbr:
      kind = "MBR";
      break;
    case partition::TableKind::gpt:
      kind = "GPT";
      break;
    case partition::TableKind::hybrid:
      kind = "GPT with a hybrid MBR";
      break;
  }
  return fmt::format("{}, {}, blocks of {} bytes", format_size(layout.size), kind, table.device_block);
}

Diagnostics notes_of(const picture::DiskLayout& layout) {
  Diagnostics notes;
  if (layout.table.kind == partition::TableKind::mbr && layout.table.partitions.empty())
    notes.push_back(
        {Severity::info, "",
         "the MBR lists no partitions, and nothing is recognised on the device, whose boot sector "
         "it may be"});
  notes.insert(notes.end(), layout.table.problems.begin(), layout.table.problems.end());
  sort_worst_first(notes);
  add_reasons(layout, notes);
  for (const picture::LayoutVolume& volume : layout.volumes)
    if (!volume.grow.empty())
      notes.push_back({Severity::info, "",
                       fmt::format("partition {}: {} behind its file system: {}", volume.entry.number,
                                   format_size(volume.slack()), volume.grow)});
  if (!layout.why_not_stored.empty())
    notes.push_back({Severity::info, "", "what the device stores: " + layout.why_not_stored});
  return notes;
}

const picture::LayoutVolume* volume_of(const picture::DiskLayout& layout,
                                       const picture::LayoutRegion& region) {
  if (region.kind != picture::Region::Kind::partition) return nullptr;
  if (region.owners.empty()) return &layout.volumes.front();
  const std::size_t before = layout.volumes.size() - layout.table.partitions.size();
  return &layout.volumes[before + region.owners.front()];
}

std::vector<std::string> names_of(const picture::DiskLayout& layout, const picture::LayoutRegion& region) {
  switch (region.kind) {
    case picture::Region::Kind::table:
      return {region.table, "T", ""};
    case picture::Region::Kind::overlap:
      return {"overlap", "!", ""};
    case picture::Region::Kind::unallocated:
      return {kUnallocated, ""};
    case picture::Region::Kind::beyond:
      return {kBeyond, "beyond", ""};
    case picture::Region::Kind::unknown:
      return {kUnknown, "?", ""};
    case picture::Region::Kind::partition:
      break;
  }
  const picture::LayoutVolume& volume = *volume_of(layout, region);
  const std::string& name = either(volume.label, volume.entry.name);
  const std::string number = volume.entry.number == 0 ? "" : std::to_string(volume.entry.number);
  const auto join = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
      if (!word.empty()) text += (text.empty() ? "" : " ") + word;
    return text;
  };
  return {join({number, name, volume.content}), join({number, either(name, volume.content)}),
          join({number, volume.content}), number, ""};
}

}  // namespace san::report
