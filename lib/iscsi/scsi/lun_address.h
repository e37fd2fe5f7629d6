// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::iscsi {

/// The eight bytes with which a target addresses a logical unit (SAM-5, 4.7).
struct LunAddress {
  std::array<std::uint8_t, 8> bytes = {};

  /// Returns the decimal LUN of the address: of the peripheral, flat, extended flat and logical unit methods
  /// that stand alone, on bus 0 and target 0 if they have such fields. Returns nothing for well-known logical
  /// units, those behind another bus, and hierarchies, which have only an address.
  std::optional<std::uint32_t> number() const;
  /// Returns the first two bytes if all the others are 0: libiscsi 1.19 can put only these into a command.
  std::optional<std::uint16_t> first_level() const;
  /// Returns the addressing method: "peripheral", "flat", "logical unit", "extended flat", "well-known",
  /// "hierarchical", "extended".
  const char* method() const;
  /// Returns the number, else the address: "0xc101000000000000".
  std::string text() const;

  bool operator==(const LunAddress&) const = default;
};

/// The answer to REPORT LUNS (SPC-4, 6.33).
struct LunInventory {
  std::vector<LunAddress> luns;
  /// Bytes of the list as the target counts them; more than those of `luns` if not all of it arrived.
  std::uint32_t announced = 0;
};

/// Parses the answer to REPORT LUNS. Returns nothing if there is not even a header. It is parsed here because
/// libiscsi 1.19 rejects answers that a target padded to the allocation length.
std::optional<LunInventory> parse_report_luns(std::span<const std::byte> bytes);

}  // namespace san::iscsi
