// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "boot/ibft/read_ibft.h"
#include "preflight/facts/machine_facts.h"

namespace san::preflight {

/// Content of this machine's iBFT: from the raw table, or else from the kernel's attributes in sysfs, which
/// do not contain the LUN (`lun_known` is false).
struct LiveIbft {
  boot::IbftTable table;
  bool lun_known = true;
};

/// Returns the content of the iBFT; nothing if the machine has none that can be read.
std::optional<LiveIbft> live_ibft(const MachineFacts& machine);

}  // namespace san::preflight
