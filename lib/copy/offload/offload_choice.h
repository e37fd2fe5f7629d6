// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "copy/copy_options.h"
#include "iscsi/device/lun_device.h"

namespace san::copy {

/// Choice of the copier between two LUNs: the target or this machine.
enum class OffloadMode {
  automatic,  ///< the target, if it can and there is no objection
  never,      ///< this machine
  require,    ///< the target, or the copy fails
};

/// Returns the reason not to let the target copy between these LUNs unless the user requires it; nothing if
/// there is none. The commands that show if the target can copy are sent later.
///
/// An identifier names a LUN to a copy manager, and copies of a target's configuration carry the identifiers
/// along: in automatic mode only LUNs of one target are trusted to be the same LUNs to both sides. And a
/// target allocates all that it copies on the destination: if that is thin, and the source cannot report its
/// zeros, reading and writing is better.
std::optional<std::string> offload_objection(iscsi::LunDevice& source, const iscsi::LunDevice& destination);

}  // namespace san::copy
