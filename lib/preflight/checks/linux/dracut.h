// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "os/linux/initramfs.h"

namespace san::preflight {

/// Programs that an image of dracut lacks for iSCSI, as paths without "/" in front: its own, and what
/// systemd's unit of iscsid starts before it (systemd.service(5), ExecStartPre=). Debian's unit names a
/// script that dracut 059 does not put in, without which iscsid is never started.
std::vector<std::string> lost_programs_of_dracut(const os::Initramfs& image);

/// Why dracut's network in an image takes no address from the iBFT, and what it would take.
struct IbftObstacle {
  std::string found, wanted;
};

/// Nothing where nothing is known against it.
std::optional<IbftObstacle> ibft_obstacle(const os::Initramfs& image);

}  // namespace san::preflight
