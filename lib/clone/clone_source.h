// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "block/device.h"
#include "block/filter/frozen_device.h"
#include "block/filter/rescue_device.h"
#include "clone/clone_run.h"
#include "clone/source_freeze.h"
#include "filesystem/used_only_device.h"
#include "partition/partition_table.h"

namespace san {

/// A source that is not a stream, with the filters that the request asks for.
class CloneSource {
 public:
  /// Opens the source. Throws Error(failed) if it was cut off, unless that is overridden or it is only
  /// compared.
  explicit CloneSource(const CloneRun& run);

  ReadableDevice& device() { return used_only_ ? *used_only_ : readable(); }
  const partition::PartitionTable& table() const { return table_; }
  /// Returns the filter that replaces unreadable ranges by zeros; null if a read error ends the clone.
  const RescueDevice* rescue() const { return rescue_.get(); }
  /// Returns the filter that leaves free space out; null if that is copied like everything else.
  const filesystem::UsedOnlyDevice* used_only() const { return used_only_.get(); }

  /// True if it was cut off, and that was overridden.
  bool cut_off() const { return cut_off_; }

  const SourceFreeze& freeze() const { return freeze_; }
  /// Thaws the frozen file systems once all of the source has been read. Throws Error(failed) if the source
  /// was not frozen until the end.
  void all_read();

 private:
  ReadableDevice& readable();

  SourceFreeze freeze_;
  std::unique_ptr<ReadableDevice> device_;
  std::unique_ptr<RescueDevice> rescue_;
  std::unique_ptr<FrozenDevice> frozen_;
  partition::PartitionTable table_;
  bool cut_off_ = false;
  std::unique_ptr<filesystem::UsedOnlyDevice> used_only_;
};

}  // namespace san
