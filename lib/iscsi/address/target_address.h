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
  std::string text;              ///< as it came
  std::optional<Portal> portal;  ///< nothing where `text` is none; discover() adds a zone that is lacking
  std::optional<std::uint16_t> group;  ///< target portal group tag; nothing: not given
  /// Why nobody can connect to it: no address, the wildcard address, port 0 … Empty: nothing wrong.
  std::string problem;
};

/// Takes whatever a target sent.
TargetAddress parse_target_address(std::string_view text);

/// What is wrong with a target's name by RFC 7143, 4.2.7; empty: nothing.
std::string target_name_problem(std::string_view name);

}  // namespace san::iscsi
