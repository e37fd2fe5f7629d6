// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "options.h"
#include "system/mount/freeze.h"

namespace san {

/// What --freeze does; nothing without it. File systems are frozen by the constructor, unless nothing is to
/// be copied (--dry-run).
class SourceFreeze {
 public:
  /// Throws Error(refused) where one must not or cannot be frozen, unless that was overridden.
  explicit SourceFreeze(const CloneOptions& o);

  /// Numbers of the file systems that are frozen, or would be.
  std::vector<dev_t> numbers() const;
  /// Null where nothing was to be frozen.
  Freeze* freeze() { return freeze_ ? &*freeze_ : nullptr; }

  /// Whether anything is frozen.
  bool holds() const { return freeze_ && !file_systems_.empty(); }

  /// The value of "frozen": null without --freeze.
  Json json() const;
  /// A line; nothing without --freeze.
  Printable text() const;

 private:
  std::vector<std::string> places() const;

  bool wanted_;
  std::vector<MountedFileSystem> file_systems_;
  std::optional<Freeze> freeze_;
};

}  // namespace san
