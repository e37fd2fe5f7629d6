// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "boot/ibft/read_ibft.h"
#include "preflight/facts/machine_facts.h"

namespace san::preflight {

/// What the iBFT of this machine says: by the raw table, else by what the kernel made of it (then without
/// LUNs, see `lun_known`).
struct LiveIbft {
  boot::IbftTable table;
  bool lun_known = true;
};
std::optional<LiveIbft> live_ibft(const MachineFacts& machine);

}  // namespace san::preflight
