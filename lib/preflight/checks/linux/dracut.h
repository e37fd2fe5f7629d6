// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "os/linux/initramfs.h"

namespace san::preflight {

/// Returns the programs for iSCSI that a dracut image lacks, as paths without a leading "/": those of dracut
/// itself, and those that systemd's unit of iscsid runs first (systemd.service(5), ExecStartPre=). Debian's
/// unit names a script that dracut 059 does not include, without which iscsid is never started.
std::vector<std::string> lost_programs_of_dracut(const os::Initramfs& image);

/// Reason why dracut's network in an image takes no address from the iBFT, and the setting that would change
/// it.
struct IbftObstacle {
  std::string found, wanted;
};

/// Returns the obstacle in an image; nothing if none is known.
std::optional<IbftObstacle> ibft_obstacle(const os::Initramfs& image);

}  // namespace san::preflight
