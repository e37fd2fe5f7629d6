// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "iscsi/address/url.h"

namespace san::iscsi {

/// A portal as a target advertises it: TargetAddress of RFC 7143, 13.8, "HOST[:PORT][,TAG]".
struct TargetAddress {
  std::string text;                    ///< text as received
  std::optional<Portal> portal;        ///< empty if `text` is not a portal; discover() adds a missing zone
  std::optional<std::uint16_t> group;  ///< target portal group tag; empty if not given
  /// Reason why no initiator can connect to it (no address, the wildcard address, port 0 …), or what is wrong
  /// with its tag. Empty if it is usable.
  std::string problem;
};

/// Parses a TargetAddress; any text is accepted.
TargetAddress parse_target_address(std::string_view text);

/// Returns the fault in a target's name by RFC 7143, 4.2.7; empty if there is none.
std::string target_name_problem(std::string_view name);

}  // namespace san::iscsi
