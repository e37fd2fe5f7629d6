// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "clone/clone_run.h"
#include "system/mount/freeze.h"

namespace san {

/// File systems that were frozen while the source was read, or would be.
struct FrozenSource {
  std::vector<std::string> mount_points;
  /// Seconds for which they were frozen; nothing if that is only planned.
  std::optional<double> seconds;
};

/// The frozen file systems of a request; none if it asks for none. The constructor freezes them, unless
/// nothing is to be copied.
class SourceFreeze {
 public:
  /// Freezes the file systems. Throws Error(refused) if one must not or cannot be frozen, unless that is
  /// overridden.
  explicit SourceFreeze(const CloneRun& run);

  /// Returns the device numbers of the file systems that are frozen, or would be.
  std::vector<dev_t> numbers() const;
  /// Returns the freeze; null if nothing was to be frozen.
  Freeze* freeze() { return freeze_ ? &*freeze_ : nullptr; }

  /// True if anything is frozen.
  bool holds() const { return freeze_ && !file_systems_.empty(); }

  /// Returns what became of it; nothing if the request does not ask for a freeze.
  std::optional<FrozenSource> result() const;

 private:
  bool wanted_;
  std::vector<MountedFileSystem> file_systems_;
  std::optional<Freeze> freeze_;
};

}  // namespace san
