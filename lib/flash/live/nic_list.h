// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "flash/live/nic_flash.h"
#include "flash/live/nic_interface.h"
#include "flash/nvm/iscsi_block.h"

namespace san::flash {

/// A NIC and what is in its flash, as far as that can be learned.
struct NicSummary {
  NicInterface nic;
  const NvmFamily* family = nullptr;
  std::optional<std::size_t> words;    ///< of the NVM; none where it could not be read
  std::string boots;                   ///< what the port does at boot; empty where that is not known
  std::optional<BlockState> block;     ///< the iSCSI block; none where the NVM could not be read
  std::optional<bool> target_by_dhcp;  ///< whether the port asks DHCP for its target
  std::string target;                  ///< the port's, where DHCP is not asked
  std::string note;                    ///< why something is not known: a clause
};

/// All NICs of the machine. Without the right to read an NVM a note says so; nothing is thrown for one NIC.
std::vector<NicSummary> list_nics(const NicMachine& machine = {});
Table nic_table(const std::vector<NicSummary>& nics);

}  // namespace san::flash
