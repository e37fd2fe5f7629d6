// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::iscsi {

/// One command in the answer to REPORT SUPPORTED OPERATION CODES (SPC-4, 6.35.2).
struct SupportedCommand {
  std::uint8_t opcode = 0;
  std::optional<std::uint16_t> service_action;

  bool operator==(const SupportedCommand&) const = default;
};

/// Parses the "all commands" format, as far as it arrived. Returns nothing if it is not usable at all: no
/// header, or not one whole descriptor.
std::optional<std::vector<SupportedCommand>> parse_supported_commands(std::span<const std::byte> bytes);

/// A command that is used for cloning, zeroing and sharing LUNs.
struct KnownCommand {
  SupportedCommand command;
  const char* name = "";
};
std::span<const KnownCommand> known_commands();

/// Returns true if `list` has the command. An entry without a service action matches any service action of
/// its operation code.
bool is_supported(const std::vector<SupportedCommand>& list, const SupportedCommand& command);

}  // namespace san::iscsi
