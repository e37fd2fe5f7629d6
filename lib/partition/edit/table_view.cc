// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_view.h"

#include <algorithm>
#include <utility>

namespace san::partition {
namespace {

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

TableView::TableView(ReadableDevice& below, std::vector<TablePatch> patches)
    : ReadableFilter(below), patches_(std::move(patches)) {}

std::span<const TablePatch> TableView::touched(std::uint64_t offset, std::uint64_t length) const {
  const auto first = std::partition_point(patches_.begin(), patches_.end(),
                                          [&](const TablePatch& patch) { return patch.end() <= offset; });
  const auto last = std::partition_point(
      first, patches_.end(), [&](const TablePatch& patch) { return patch.offset < offset + length; });
  return {first, last};
}

bool TableView::holds_source() {
  std::vector<std::byte> found;
  return std::all_of(patches_.begin(), patches_.end(), [&](const TablePatch& patch) {
    if (patch.source.empty()) return true;
    found.resize(patch.source.size());
    read_wait(below_, patch.offset, found);
    return found == patch.source;
  });
}

RangeSet TableView::wrong_beyond() {
  RangeSet wrong;
  std::vector<std::byte> found;
  for (const TablePatch& patch : patches_) {
    if (!patch.source.empty()) continue;
    found.resize(patch.wanted.size());
    read_wait(below_, patch.offset, found);
    if (found != patch.wanted) wrong.add({patch.offset, patch.wanted.size()});
  }
  return wrong;
}

std::vector<Extent> TableView::extents(std::uint64_t offset, std::uint64_t length) {
  std::vector<Extent> result;
  const auto add = [&result](std::uint64_t begin, std::uint64_t end, Extent::Kind kind) {
    if (begin == end) return;
    if (!result.empty() && result.back().kind == kind)
      result.back().length += end - begin;
    else
      result.push_back({begin, end - begin, kind});
  };
  for (const Extent& extent : below_.extents(offset, length)) {
    std::uint64_t at = extent.offset;
    if (extent.kind == Extent::Kind::zero)
      for (const TablePatch& patch : touched(extent.offset, extent.length)) {
        const std::uint64_t begin = std::max(at, patch.offset), end = std::min(extent.end(), patch.end());
        add(at, begin, extent.kind);
        add(begin, end, Extent::Kind::data);
        at = end;
      }
    add(at, extent.end(), extent.kind);
  }
  return result;
}

void TableView::exchange(std::uint64_t offset, std::span<std::byte> bytes) const {
  for (const TablePatch& patch : touched(offset, bytes.size())) {
    if (patch.source.empty() || patch.offset < offset || patch.end() > offset + bytes.size()) continue;
    const auto part = bytes.subspan(patch.offset - offset, patch.wanted.size());
    if (same(part, patch.wanted))
      std::copy(patch.source.begin(), patch.source.end(), part.begin());
    else if (same(part, patch.source))
      std::copy(patch.wanted.begin(), patch.wanted.end(), part.begin());
  }
}

void TableView::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  if (touched(offset, into.size()).empty()) return below_.read(offset, into, std::move(done));
  below_.read(offset, into, [this, offset, into, done = std::move(done)](const Error* error) mutable {
    if (error == nullptr) exchange(offset, into);
    done(error);
  });
}

}  // namespace san::partition
