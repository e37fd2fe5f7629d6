// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "iscsi/device/lun_device.h"

namespace san::iscsi {

/// What a copy manager takes.
struct CopyLimits {
  std::uint64_t segment = 0;      ///< bytes of one copy at most
  std::uint64_t granularity = 0;  ///< bytes; offsets and lengths are multiples of it, and so is `segment`
  unsigned concurrent = 1;        ///< copies under way at a time
};

/// How one copy ended.
struct CopyOutcome {
  std::uint64_t bytes = 0;     ///< copied, from the front, by the target's word
  std::optional<Error> error;  ///< why it ended before the end, where the target said so
  bool hopeless = false;       ///< the target went away: nothing else that is sent to it will do any better
};

/// A target that copies from one LUN to another by itself. Thread-safe.
class CopyManager {
 public:
  using Done = std::function<void(const CopyOutcome&)>;
  virtual ~CopyManager() = default;
  virtual CopyLimits limits() const = 0;
  /// Copies [offset, offset + length) of the source to the same place of the destination, within the limits.
  /// `done` is called once, from any thread, possibly before this returns; it may start another copy. A copy
  /// that ended without an error may have fewer bytes than wanted: the rest can be asked for.
  virtual void copy(std::uint64_t offset, std::uint64_t length, Done done) = 0;
  /// As Device::cancel().
  virtual void cancel() = 0;
};

/// Whether the LUNs are those of one target, reached through one portal.
bool same_target(const LunDevice& source, const LunDevice& destination);

/// The copy manager of the destination, by EXTENDED COPY(LID1), where source and destination can be copied
/// between: both declare to take part (3PC), have NAA designators of their own and blocks of the same size,
/// and belong to one target or at least to one kind of target. Throws Error(failed) that says what is
/// missing, and what a command throws that the target does not answer. Nothing has been copied then.
/// `destination` has one session, and outlives the copy manager: what became of a copy is known only to the
/// session that ordered it.
std::unique_ptr<CopyManager> open_copy_manager(LunDevice& source, LunDevice& destination);

}  // namespace san::iscsi
