// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::iscsi {

/// The answer to PERSISTENT RESERVE IN, READ KEYS (SPC-4, 6.15.2).
struct ReservationKeys {
  std::uint32_t generation = 0;  ///< incremented by every change (PRgeneration)
  std::vector<std::uint64_t> keys;
};

/// The reservation in the answer to READ RESERVATION (SPC-4, 6.15.3).
struct Reservation {
  std::uint64_t key = 0;  ///< key of the holder; 0 if all registrants hold it
  std::uint8_t scope = 0, type = 0;
};

/// One registrant of READ FULL STATUS (SPC-4, 6.15.5).
struct Registrant {
  std::uint64_t key = 0;
  bool holder = false;
  std::uint8_t scope = 0, type = 0;  ///< of the reservation; valid for its holder
  std::string initiator;  ///< iSCSI name; empty if the TransportID is missing or of another transport
};

/// The answer to REPORT CAPABILITIES (SPC-4, 6.15.4).
struct ReservationCapabilities {
  bool persist_through_power_loss = false;         ///< PTPL_C: supported
  bool persists_now = false;                       ///< PTPL_A: active
  bool all_target_ports = false;                   ///< ATP_C
  bool specify_initiator_ports = false;            ///< SIP_C
  std::optional<std::vector<std::uint8_t>> types;  ///< empty if the target does not report them (TMV 0)
};

std::optional<ReservationKeys> parse_reservation_keys(std::span<const std::byte> bytes);
/// Parses the answer to READ RESERVATION. Returns nothing if it is not usable, an empty list if there is no
/// reservation. Two or more entries are not valid; callers use the first.
std::optional<std::vector<Reservation>> parse_reservation(std::span<const std::byte> bytes);
/// Parses the answer to READ FULL STATUS. A registrant that is cut off is left out.
std::optional<std::vector<Registrant>> parse_full_status(std::span<const std::byte> bytes);
std::optional<ReservationCapabilities> parse_reservation_capabilities(std::span<const std::byte> bytes);

/// Returns the name of a reservation type, "write exclusive, registrants only"; "type Ah" for one that SPC-4,
/// table 191 does not have.
std::string reservation_type_name(std::uint8_t type);

}  // namespace san::iscsi
