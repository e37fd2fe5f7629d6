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

/// A NIC and the content of its flash, as far as it can be determined.
struct NicSummary {
  NicInterface nic;
  const NvmFamily* family = nullptr;
  std::optional<std::size_t> words;    ///< words of the NVM; empty if it could not be read
  std::string boots;                   ///< boot protocol of the port; empty if it is not known
  std::optional<BlockState> block;     ///< state of the iSCSI block; empty if the NVM could not be read
  std::optional<bool> target_by_dhcp;  ///< true if the port gets its target by DHCP
  std::string target;                  ///< target of the port, if it is not got by DHCP
  std::string note;                    ///< reason why something is not known: a clause
};

/// Lists all NICs of the machine. A note says so if an NVM may not be read; an error of one NIC is never
/// thrown.
std::vector<NicSummary> list_nics(const NicMachine& machine = {});
Table nic_table(const std::vector<NicSummary>& nics);

}  // namespace san::flash
