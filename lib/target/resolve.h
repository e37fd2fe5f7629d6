// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "target/driver/driver.h"
#include "target/pool/pool.h"

namespace san::target {

/// Returns true if a name of the command line is that of a target, not of a volume (RFC 7143, 4.2.7).
bool is_target_name(const std::string& name);

/// Returns the default iSCSI name of a volume's target: "iqn.2026-11.org.sanboot:HOST.NAME".
std::string default_target(const std::string& name);

/// Finds the target that a command line names: by its iSCSI name, by a volume of the pool that is one of its
/// LUNs, or by the name from which its default name was derived. Returns nothing if there is none. Throws
/// Error(usage) for a name that is neither an iSCSI name nor that of a volume.
std::optional<TargetState> find_target(Driver& driver, const Pool& pool, const std::string& name);

/// Finds the target like find_target(). Throws Error(failed) if there is none.
TargetState require_target(Driver& driver, const Pool& pool, const std::string& name);

/// Returns the current state of the target with the iSCSI name `target`; nothing if there is none.
std::optional<TargetState> live_target(Driver& driver, const std::string& target);

/// Throws Error(refused) that names the initiators if a session is logged in. `doing`: "deleting it".
void refuse_sessions(const TargetState& target, const std::string& doing);

/// Returns the LUN of that number; null if there is none.
const AttachedLun* find_lun(const TargetState& target, std::uint16_t lun);

/// The target and LUN that use a volume.
struct VolumeUse {
  std::string target;
  AttachedLun lun;
};
/// Returns the first target and LUN with the volume `path`; nothing if there is none.
std::optional<VolumeUse> volume_use(const std::vector<TargetState>& targets, const std::string& path);

// Undo steps for a command to the target that was reported as failed but may have been carried out. If it was
// not, nothing is done. They throw Error like the driver.

/// Deletes the target only if it exists.
void delete_if_there(Driver& driver, const std::string& target);
/// Detaches the LUN only if its volume is `path`.
void detach_if_there(Driver& driver, const std::string& target, std::uint16_t lun, const std::string& path);
/// Attaches the LUN only if the target exists and has no LUN of that number.
void attach_if_gone(Driver& driver, const std::string& target, const AttachedLun& lun);

}  // namespace san::target
