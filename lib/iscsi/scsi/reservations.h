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
  std::uint32_t generation = 0;  ///< grows with every change
  std::vector<std::uint64_t> keys;
};

/// The answer to READ RESERVATION (SPC-4, 6.15.3) where there is one.
struct Reservation {
  std::uint64_t key = 0;  ///< of the holder; 0 where all registrants hold it
  std::uint8_t scope = 0, type = 0;
};

/// One registrant of READ FULL STATUS (SPC-4, 6.15.5).
struct Registrant {
  std::uint64_t key = 0;
  bool holder = false;
  std::uint8_t scope = 0, type = 0;  ///< of the reservation, for its holder
  std::string initiator;  ///< iSCSI name; empty where the target gives another TransportID, or none
};

/// The answer to REPORT CAPABILITIES (SPC-4, 6.15.4).
struct ReservationCapabilities {
  bool persist_through_power_loss = false;         ///< PTPL_C: can
  bool persists_now = false;                       ///< PTPL_A: is activated
  bool all_target_ports = false;                   ///< ATP_C
  bool specify_initiator_ports = false;            ///< SIP_C
  std::optional<std::vector<std::uint8_t>> types;  ///< nothing: the target does not tell (TMV)
};

std::optional<ReservationKeys> parse_reservation_keys(std::span<const std::byte> bytes);
/// Nothing is "not usable"; an empty list, that there is no reservation; two entries or more are nonsense, of
/// which the first is taken.
std::optional<std::vector<Reservation>> parse_reservation(std::span<const std::byte> bytes);
/// A list that ends within a registrant ends before it.
std::optional<std::vector<Registrant>> parse_full_status(std::span<const std::byte> bytes);
std::optional<ReservationCapabilities> parse_reservation_capabilities(std::span<const std::byte> bytes);

/// "write exclusive, registrants only"; "type Ah" for what SPC-4, table 191 does not have.
std::string reservation_type_name(std::uint8_t type);

}  // namespace san::iscsi
