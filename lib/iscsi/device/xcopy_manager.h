// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "iscsi/device/lun_device.h"

namespace san::iscsi {

/// Limits of the copies that a CopyManager accepts.
struct CopyLimits {
  std::uint64_t segment = 0;      ///< maximum length of one copy, in bytes
  std::uint64_t granularity = 0;  ///< bytes; offsets and lengths are multiples of it, and so is `segment`
  unsigned concurrent = 1;        ///< copies in flight at a time
};

/// Result of one copy.
struct CopyOutcome {
  std::uint64_t bytes = 0;     ///< bytes copied from the front, according to the target
  std::optional<Error> error;  ///< reason of an early end, if the target gave one
  bool hopeless = false;       ///< true if the target is lost: no other command will succeed either
};

/// A target that copies from one LUN to another without the initiator (copy offload). Thread-safe.
class CopyManager {
 public:
  using Done = UniqueFunction<void(const CopyOutcome&)>;
  virtual ~CopyManager() = default;
  virtual CopyLimits limits() const = 0;
  /// Copies [offset, offset + length) of the source to the same offset of the destination, within the limits.
  /// `done` is called once, from any thread, possibly before this returns; it may start another copy. A copy
  /// without an error may have fewer bytes than requested; the caller then requests the rest.
  virtual void copy(std::uint64_t offset, std::uint64_t length, Done done) = 0;
  /// Aborts all copies, see Device::cancel().
  virtual void cancel() = 0;
};

/// Returns true if both LUNs belong to one target and are reached through one portal.
bool same_target(const LunDevice& source, const LunDevice& destination);

/// Opens the copy manager of the destination, by EXTENDED COPY(LID1). It requires that both LUNs declare
/// third-party copy (3PC), have NAA designators of their own and blocks of the same size, and belong to one
/// target or at least to one kind of target. Throws Error(failed) with the missing requirement, and the error
/// of a command that the target does not answer; nothing has been copied then. `destination` must have one
/// session and outlive the copy manager: the status of a copy is known only to the session that started it.
std::unique_ptr<CopyManager> open_copy_manager(LunDevice& source, LunDevice& destination);

}  // namespace san::iscsi
