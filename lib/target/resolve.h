// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "target/driver/driver.h"
#include "target/pool/pool.h"

namespace san::target {

/// Whether a name of the command line is a target's, not a volume's (RFC 7143, 4.2.7).
bool is_target_name(const std::string& name);

/// The iSCSI name that the target of a volume gets: "iqn.2026-11.org.sanboot:HOST.NAME".
std::string default_target(const std::string& name);

/// The target that a command line means: `name` is its iSCSI name, or that of a volume of the pool which one
/// of its LUNs is, or a name that its own was derived from. Nothing where there is none. Throws Error(usage)
/// for a name that is neither.
std::optional<TargetState> find_target(Driver& driver, const Pool& pool, const std::string& name);

/// The same. Throws Error(failed) where there is none.
TargetState require_target(Driver& driver, const Pool& pool, const std::string& name);

/// The target with the iSCSI name `target` as it is now; nothing where there is none.
std::optional<TargetState> live_target(Driver& driver, const std::string& target);

/// Throws Error(refused) that names the initiators where a session is there. `doing`: "deleting it".
void refuse_sessions(const TargetState& target, const std::string& doing);

/// The LUN of that number; null where there is none.
const AttachedLun* find_lun(const TargetState& target, std::uint16_t lun);

/// A target that has the volume `path` as a LUN, and which; nothing where none has.
struct VolumeUse {
  std::string target;
  AttachedLun lun;
};
std::optional<VolumeUse> volume_use(const std::vector<TargetState>& targets, const std::string& path);

// Each takes back an order to the target that is said to have failed, and may have been carried out: where it
// was not, nothing is done. Throws Error as the driver does.

void delete_if_there(Driver& driver, const std::string& target);
/// Only where the LUN is made of the volume `path`.
void detach_if_there(Driver& driver, const std::string& target, std::uint16_t lun, const std::string& path);
/// Only where the target is there, and has no LUN of that number.
void attach_if_gone(Driver& driver, const std::string& target, const AttachedLun& lun);

}  // namespace san::target
