// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "block/device.h"
#include "block/filter/frozen_device.h"
#include "block/filter/rescue_device.h"
#include "copy/stream/whole_stream.h"
#include "filesystem/used_only_device.h"
#include "options.h"
#include "partition/partition_table.h"
#include "source_freeze.h"

namespace san {

/// True for standard input, unless the shell opened a regular file for it, at its start, which can be read as
/// a Device.
bool is_stream(const std::string& source);

/// Opens a source that can only be read from front to back; null for a source that is a Device.
std::unique_ptr<copy::WholeStream> open_stream(const CloneOptions& o);

/// Opens a destination with the options for it; "-" is standard output. `create_size` is the size in bytes of
/// one that is a file.
std::unique_ptr<Device> open_for_writing(const CloneOptions& o, const std::string& argument,
                                         std::optional<std::uint64_t> create_size = std::nullopt);
/// Opens a destination that is there to look at it.
std::unique_ptr<ReadableDevice> open_for_reading(const CloneOptions& o, const std::string& argument);
/// Opens the source; `frozen` are the numbers of the frozen file systems.
std::unique_ptr<ReadableDevice> open_source(const CloneOptions& o, const std::vector<dev_t>& frozen);

/// True if this destination does not exist yet.
bool will_be_created(const std::string& destination);

/// Returns an identity that is unique to a destination; for a file that does not exist, its path. Empty if
/// not known.
std::string identity_of(const std::string& argument, const ReadableDevice* destination);

/// Finds destinations that appear twice under different names. Returns for each destination the error about
/// it; nothing if it is unique.
std::vector<std::optional<Error>> duplicates(const std::vector<std::string>& names,
                                             const std::vector<std::string>& identities);

/// Returns the size in bytes of `destination` with a clone of `source` bytes on it: a file ends with the
/// source, or keeps its length by --keep-size.
std::uint64_t size_with_clone(const CloneOptions& o, const ReadableDevice& destination, std::uint64_t source);

/// A source that is not a stream.
class Source {
 public:
  /// Opens the source. Throws Error(failed) if it was cut off, unless that is overridden or it is only
  /// compared.
  explicit Source(const CloneOptions& o);

  ReadableDevice& device() { return used_only_ ? *used_only_ : readable(); }
  const partition::PartitionTable& table() const { return table_; }
  /// Returns the filter that replaces unreadable ranges by zeros; null if a read error ends the clone.
  const RescueDevice* rescue() const { return rescue_.get(); }
  /// Returns the filter of --used-only; null if free space is copied like everything else.
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
