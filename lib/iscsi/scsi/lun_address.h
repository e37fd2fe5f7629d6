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

/// The eight bytes by which a target names a logical unit (SAM-5, 4.7).
struct LunAddress {
  std::array<std::uint8_t, 8> bytes = {};

  /// The number that people know the LUN by: of the peripheral, flat, extended flat and logical unit forms
  /// that stand alone, on bus 0 and target 0 where they have such. Nothing for well-known logical units,
  /// those behind another bus, and hierarchies: such have no number, only an address.
  std::optional<std::uint32_t> number() const;
  /// The first two bytes, where all the others are 0: what libiscsi 1.19 can put into a command.
  std::optional<std::uint16_t> first_level() const;
  /// "peripheral", "flat", "logical unit", "extended flat", "well-known", "hierarchical", "extended".
  const char* method() const;
  /// The number, else the address: "0xc101000000000000".
  std::string text() const;

  bool operator==(const LunAddress&) const = default;
};

/// The answer to REPORT LUNS (SPC-4, 6.33).
struct LunInventory {
  std::vector<LunAddress> luns;
  /// Bytes of the list as the target counts them; more than those of `luns` where not all of it came.
  std::uint32_t announced = 0;
};

/// Takes what the target sent. Nothing: there is not even a header. Parsed here because libiscsi 1.19 rejects
/// answers that a target padded to the allocation length.
std::optional<LunInventory> parse_report_luns(std::span<const std::byte> bytes);

}  // namespace san::iscsi
