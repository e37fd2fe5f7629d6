// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace san::iscsi {

/// One target port group of REPORT TARGET PORT GROUPS (SPC-4, 6.37).
struct PortGroup {
  std::uint16_t id = 0;
  std::uint8_t state = 0;  ///< asymmetric access state, see access_state_name()
  bool preferred = false;
  std::vector<std::uint16_t> ports;  ///< relative target port identifiers
};

/// Parses the answer to REPORT TARGET PORT GROUPS, in the order sent, with the extended header as well as
/// with the short one (SPC-4, table 274). A group that is cut off is left out. Returns nothing if the answer
/// is not usable at all.
std::optional<std::vector<PortGroup>> parse_port_groups(std::span<const std::byte> bytes);

/// Returns the name of an access state, "active/optimized", "standby" … (SPC-4, table 276); null for a
/// reserved one.
const char* access_state_name(std::uint8_t state);

/// Returns true if a LUN can be read and written through a port of this state.
bool access_state_works(std::uint8_t state);

}  // namespace san::iscsi
