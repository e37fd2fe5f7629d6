// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/text/printable.h"
#include "options.h"
#include "system/mount/freeze.h"

namespace san {

/// The frozen file systems of --freeze; none without it. The constructor freezes them, unless nothing is to
/// be copied (--dry-run).
class SourceFreeze {
 public:
  /// Freezes the file systems. Throws Error(refused) if one must not or cannot be frozen, unless that is
  /// overridden.
  explicit SourceFreeze(const CloneOptions& o);

  /// Returns the device numbers of the file systems that are frozen, or would be.
  std::vector<dev_t> numbers() const;
  /// Returns the freeze; null if nothing was to be frozen.
  Freeze* freeze() { return freeze_ ? &*freeze_ : nullptr; }

  /// True if anything is frozen.
  bool holds() const { return freeze_ && !file_systems_.empty(); }

  /// Returns the value of "frozen"; null without --freeze.
  Json json() const;
  /// Returns a line of text; empty without --freeze.
  Printable text() const;

 private:
  std::vector<std::string> mount_points() const;

  bool wanted_;
  std::vector<MountedFileSystem> file_systems_;
  std::optional<Freeze> freeze_;
};

}  // namespace san
