// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "target/driver/driver.h"

namespace san::target {

/// Makes a CHAP account in the tgtd of `control_port` (and $TGT_IPC_SOCKET). tgtadm would take the secret on
/// its command line, where every user of the machine can read it; so this function uses the daemon's socket
/// directly, with tgtadm's protocol (usr/tgtadm.h and usr/mgmt.c of tgt). The protocol has no version: before
/// the secret is sent, the daemon must give sensible answers to two harmless requests of the same form.
/// Throws Error(failed) if it does not, if its process belongs neither to root nor to this user, or if it
/// refuses.
void create_tgt_account(std::uint16_t control_port, const ChapAccount& account);

}  // namespace san::target
