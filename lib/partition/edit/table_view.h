// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "block/device_filter.h"
#include "core/range.h"
#include "partition/edit/table_patches.h"

namespace san::partition {

/// Clone that is read as if it had the table of the source while the edited table is on the device beneath,
/// so that comparing need not know of the edit.
///
/// Reading exchanges the two: if a patched block holds the edited content, that of the source is returned,
/// and if it holds that of the source, the edited content is returned, so that neither can pass for the
/// other. Other content is returned as it is.
class TableView final : public ReadableFilter {
 public:
  /// `below` must outlive this object. `patches` are of its logical blocks.
  TableView(ReadableDevice& below, std::vector<TablePatch> patches);

  /// Returns true if the device holds exactly the source's table, because it was cloned without the edit.
  /// Throws the errors of reading.
  bool holds_source();
  /// Returns the ranges beyond the source's end that do not hold the edited content. Throws the errors of
  /// reading.
  RangeSet wrong_beyond();

  std::span<const TablePatch> patches() const { return patches_; }
  /// Returns the patches that overlap the range.
  std::span<const TablePatch> touched(std::uint64_t offset, std::uint64_t length) const;

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;

 private:
  void exchange(std::uint64_t offset, std::span<std::byte> bytes) const;

  const std::vector<TablePatch> patches_;
};

}  // namespace san::partition
