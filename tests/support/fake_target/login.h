// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "fake_target/options.h"
#include "fake_target/pdu.h"

namespace fake {

/// What login settled.
struct Negotiated {
  bool discovery = false;
  bool initial_r2t = false, immediate_data = true;
  std::uint32_t initiator_segment = 8192;  ///< most data in a PDU to the initiator; RFC 7143, 13.12
  std::uint32_t first_burst = 65536, max_burst = 262144;
  std::uint32_t stat_sn = 0, cmd_sn = 0;  ///< next of each
};

/// Leads the login phase (RFC 7143, 6.3) to its end. `refusal` is the status class and detail with which to
/// refuse whatever comes. Nothing is returned if the login was refused, honestly or not. Throws Closed.
std::optional<Negotiated> log_in(Connection& connection, const Options& options,
                                 std::optional<std::uint16_t> refusal);

}  // namespace fake
