// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "target/driver/driver.h"

namespace san::target {

/// Makes a CHAP account in the tgtd that `control_port` (and $TGT_IPC_SOCKET) means. tgtadm would take the
/// secret on its command line, where every user of the machine can read it; so this speaks to the daemon's
/// socket itself, as tgtadm does (usr/tgtadm.h and usr/mgmt.c of tgt). The protocol has no version: the
/// daemon has to answer two harmless questions of the same form sensibly before it is told a secret.
/// Throws Error(failed) where it does not, where its process is not root's, or where it refuses.
void create_tgt_account(std::uint16_t control_port, const ChapAccount& account);

}  // namespace san::target
