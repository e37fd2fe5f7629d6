// SPDX-License-Identifier: Apache-2.0
#include "copy/offload_choice.h"

#include "iscsi/xcopy_manager.h"

namespace san {

std::optional<std::string> offload_objection(const iscsi::LunDevice& source,
                                             const iscsi::LunDevice& destination) {
  if (!iscsi::same_target(source, destination)) return "the LUNs are not those of one target";
  if (destination.lun().capacity.lbpme && !source.lun().declares_zeros())
    return "DEST is thin, and SOURCE cannot tell which of its blocks are in use";
  return std::nullopt;
}

}  // namespace san
