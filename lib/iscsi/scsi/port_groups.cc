// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/port_groups.h"

#include <algorithm>

#include "iscsi/scsi/bytes.h"

namespace san::iscsi {

std::optional<std::vector<PortGroup>> parse_port_groups(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return std::nullopt;
  auto rest = part(bytes, 4, value_at<be32>(bytes, 0));
  // The extended header has format type 001b in bits 4 to 6 of byte 4; in an answer with the short one these
  // bits of the first group's state are reserved.
  if ((byte_at(rest, 0) & 0x70) == 0x10) rest = rest.subspan(std::min<std::size_t>(4, rest.size()));
  std::vector<PortGroup> groups;
  while (rest.size() >= 8) {
    const std::size_t ports = byte_at(rest, 7);
    if (ports * 4 > rest.size() - 8) break;
    PortGroup group;
    group.preferred = (byte_at(rest, 0) & 0x80) != 0;
    group.state = byte_at(rest, 0) & 0x0F;
    group.id = value_at<be16>(rest, 2);
    for (std::size_t i = 0; i < ports; ++i) group.ports.push_back(value_at<be16>(rest, 8 + 4 * i + 2));
    groups.push_back(std::move(group));
    rest = rest.subspan(8 + 4 * ports);
  }
  return groups;
}

const char* access_state_name(std::uint8_t state) {
  switch (state) {
    case 0x0:
      return "active/optimized";
    case 0x1:
      return "active/non-optimized";
    case 0x2:
      return "standby";
    case 0x3:
      return "unavailable";
    case 0x4:
      return "logical block dependent";
    case 0xE:
      return "offline";
    case 0xF:
      return "transitioning";
    default:
      return nullptr;
  }
}

bool access_state_works(std::uint8_t state) {
  return state == 0x0 || state == 0x1 || state == 0x4;
}

}  // namespace san::iscsi
