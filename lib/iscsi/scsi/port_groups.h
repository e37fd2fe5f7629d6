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

/// Groups in the order sent; a list that ends within a group ends before it. Nothing is "not usable at all".
/// Takes the answer with the extended header as well as that with the short one (SPC-4, table 274).
std::optional<std::vector<PortGroup>> parse_port_groups(std::span<const std::byte> bytes);

/// "active/optimized", "standby" … (SPC-4, table 276); "state 9h" has no name: null.
const char* access_state_name(std::uint8_t state);

/// Whether a LUN can be read and written through a port of this state.
bool access_state_works(std::uint8_t state);

}  // namespace san::iscsi
