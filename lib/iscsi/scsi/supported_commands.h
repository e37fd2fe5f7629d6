// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::iscsi {

/// A command of the list that REPORT SUPPORTED OPERATION CODES gives (SPC-4, 6.35.2).
struct SupportedCommand {
  std::uint8_t opcode = 0;
  std::optional<std::uint16_t> service_action;

  bool operator==(const SupportedCommand&) const = default;
};

/// The "all commands" format, as much of it as came. Nothing is "not usable at all": no header, or not one
/// whole descriptor.
std::optional<std::vector<SupportedCommand>> parse_supported_commands(std::span<const std::byte> bytes);

/// One of the commands that cloning, zeroing and sharing LUNs make use of.
struct KnownCommand {
  SupportedCommand command;
  const char* name = "";
};
std::span<const KnownCommand> known_commands();

/// Whether `list` has the command. A list without service actions where there should be some answers by the
/// operation code.
bool is_supported(const std::vector<SupportedCommand>& list, const SupportedCommand& command);

}  // namespace san::iscsi
