// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "copy/sampled_source.h"
#include "core/text/table.h"
#include "devices.h"
#include "system/mount/write_watch.h"

namespace san {

/// Knows whether the source changes while it is read: half of a clone would be older than the other half. By
/// WriteWatch, and by a sample that is read twice. A source that is frozen does not change, and a disk that
/// fails to be read is not read twice.
class SourceWatch {
 public:
  /// `source` outlives it.
  SourceWatch(const CloneOptions& o, Source& source);

  /// The source, through which it is to be read.
  Device& device() { return sampled_ ? *sampled_ : source_.device(); }
  /// Throws Error(no) where it has changed, or warns of it once, where --force=live says that it may.
  void check();
  /// Null where nobody looked.
  Json json() const;

 private:
  const CloneOptions& options_;
  Source& source_;
  std::optional<WriteWatch> watch_;
  std::optional<SampledSource> sampled_;
  bool changed_ = false;
};

}  // namespace san
