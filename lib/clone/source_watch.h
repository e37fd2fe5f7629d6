// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "clone/clone_source.h"
#include "copy/sampled_source.h"
#include "system/mount/write_watch.h"

namespace san {

/// Detects changes of the source while it is read, which would make one half of a clone older than the other:
/// by WriteWatch, and by a sample that is read twice. A frozen source is not watched, and a disk with read
/// errors is not read twice.
class SourceWatch {
 public:
  /// Starts watching `source`. Both must outlive this.
  SourceWatch(const CloneRequest& request, CloneSource& source);

  /// Returns the source; it must be read through this device.
  ReadableDevice& device() { return sampled_ ? *sampled_ : source_.device(); }
  /// Throws Error(no) if the source has changed, or warns once if that is overridden.
  void check();
  /// Returns true if the source has changed; nothing if nothing was watched.
  std::optional<bool> changed() const { return watch_ || sampled_ ? std::optional(changed_) : std::nullopt; }

 private:
  const CloneRequest& request_;
  CloneSource& source_;
  std::optional<WriteWatch> watch_;
  std::optional<copy::SampledSource> sampled_;
  bool changed_ = false;
};

}  // namespace san
