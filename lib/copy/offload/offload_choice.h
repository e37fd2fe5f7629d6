// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "copy/copy_options.h"
#include "iscsi/device/lun_device.h"

namespace san {

/// Who copies from one LUN to another.
enum class OffloadMode {
  automatic,  ///< the target, where it can and nothing speaks against it
  never,
  require,  ///< the target, or nobody
};

/// Why the target is not to copy between these without being told to; nothing where it may. The commands that
/// show whether it can come later.
///
/// An identifier names a LUN to a copy manager, and copies of a target's configuration carry the identifiers
/// along: by itself only LUNs of one and the same target are trusted to mean the same to both sides. And what
/// a target copies is allocated on the destination: where that is thin, and the source cannot tell which
/// blocks are zeros, reading them is the better way.
std::optional<std::string> offload_objection(iscsi::LunDevice& source, const iscsi::LunDevice& destination);

}  // namespace san
