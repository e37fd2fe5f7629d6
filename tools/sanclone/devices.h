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

/// Standard input is a stream, unless the shell opened a whole file for it.
bool is_stream(const std::string& source);

/// The source where it can only be read from front to back; null for a Device.
std::unique_ptr<WholeStream> open_stream(const CloneOptions& o);

/// A device argument, by the options for it; "-" is standard input or output. `create_size`: for a
/// destination that is a file, the bytes that it is to have.
std::unique_ptr<Device> open(const CloneOptions& o, const std::string& argument, bool writable,
                             std::optional<std::uint64_t> create_size = std::nullopt);
/// The same for the source; `frozen` are file systems that are.
std::unique_ptr<Device> open_source(const CloneOptions& o, const std::vector<dev_t>& frozen);

/// Whether this destination is nothing that exists.
bool will_be_created(const std::string& destination);

/// What tells a destination from every other one: of a file that does not exist, its place. Empty where it
/// cannot be told.
std::string identity_of(const std::string& argument, const Device* destination);

/// Of destinations with these names and identities, what is to be said of one that is another one of them by
/// a second name; nothing where it is none, for every one.
std::vector<std::optional<Error>> duplicates(const std::vector<std::string>& names,
                                             const std::vector<std::string>& identities);

/// Bytes that `destination` will have with a clone of `source` bytes on it: a file ends where the source
/// does, or is as long as it was by --keep-size.
std::uint64_t size_with_clone(const CloneOptions& o, const Device& destination, std::uint64_t source);

/// A source that is not a stream.
class Source {
 public:
  /// Throws Error(failed) where it was cut off, and that was not overridden; to be compared it may be.
  explicit Source(const CloneOptions& o);

  Device& device() { return used_only_ ? *used_only_ : readable(); }
  const PartitionTable& table() const { return table_; }
  /// Null where a bad place is an error.
  const RescueDevice* rescue() const { return rescue_.get(); }
  /// Null where free space is copied as all else.
  const UsedOnlyDevice* used_only() const { return used_only_.get(); }

  /// It was cut off, and that was overridden.
  bool cut_off() const { return cut_off_; }

  const SourceFreeze& freeze() const { return freeze_; }
  /// All of it has been read: what is frozen is thawed. Throws Error(failed) where it was not frozen to the
  /// end.
  void all_read();

 private:
  Device& readable();

  SourceFreeze freeze_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<RescueDevice> rescue_;
  std::unique_ptr<FrozenDevice> frozen_;
  PartitionTable table_;
  bool cut_off_ = false;
  std::unique_ptr<UsedOnlyDevice> used_only_;
};

}  // namespace san
