// SPDX-License-Identifier: Apache-2.0
#include "copy/offload/offload_choice.h"

#include "iscsi/device/xcopy_manager.h"

namespace san::copy {

namespace {

bool tells_zeros(Device& device) {
  const auto extents = device.extents(0, device.limits().logical_block);
  return !extents.empty() && extents[0].kind != Extent::Kind::unknown;
}

}  // namespace

std::optional<std::string> offload_objection(iscsi::LunDevice& source, const iscsi::LunDevice& destination) {
  if (!iscsi::same_target(source, destination)) return "the LUNs are not those of one target";
  if (destination.lun().thin() == true && !tells_zeros(source))
    return "the destination is thin, and the source does not tell which of its blocks are in use";
  return std::nullopt;
}

}  // namespace san::copy
