// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/supported_commands.h"

#include <algorithm>

#include "iscsi/scsi/bytes.h"

namespace san::iscsi {

std::optional<std::vector<SupportedCommand>> parse_supported_commands(std::span<const std::byte> bytes) {
  if (bytes.size() < 4) return std::nullopt;
  auto rest = part(bytes, 4, value_at<be32>(bytes, 0));
  std::vector<SupportedCommand> list;
  while (rest.size() >= 8) {
    SupportedCommand command;
    command.opcode = byte_at(rest, 0);
    const std::uint8_t flags = byte_at(rest, 5);
    if ((flags & 0x01) != 0) command.service_action = value_at<be16>(rest, 2);
    list.push_back(command);
    // CTDP: a command timeouts descriptor of 12 bytes follows (SPC-4, 6.35.4).
    rest = rest.subspan(std::min<std::size_t>((flags & 0x02) != 0 ? 20 : 8, rest.size()));
  }
  if (list.empty()) return std::nullopt;
  return list;
}

std::span<const KnownCommand> known_commands() {
  static constexpr std::uint16_t kNone = 0xFFFF;
  static const auto make = [](std::uint8_t opcode, std::uint16_t action, const char* name) {
    return KnownCommand{{opcode, action == kNone ? std::nullopt : std::optional<std::uint16_t>(action)},
                        name};
  };
  static const KnownCommand commands[] = {
      make(0x88, kNone, "READ(16)"),
      make(0x8A, kNone, "WRITE(16)"),
      make(0x91, kNone, "SYNCHRONIZE CACHE(16)"),
      make(0x8F, kNone, "VERIFY(16)"),
      make(0x41, kNone, "WRITE SAME(10)"),
      make(0x93, kNone, "WRITE SAME(16)"),
      make(0x42, kNone, "UNMAP"),
      make(0x9E, 0x12, "GET LBA STATUS"),
      make(0x89, kNone, "COMPARE AND WRITE"),
      make(0x83, 0x00, "EXTENDED COPY"),
      make(0x5E, 0x00, "PERSISTENT RESERVE IN"),
      make(0xA3, 0x0A, "REPORT TARGET PORT GROUPS"),
  };
  return commands;
}

bool is_supported(const std::vector<SupportedCommand>& list, const SupportedCommand& command) {
  return std::any_of(list.begin(), list.end(), [&command](const SupportedCommand& one) {
    return one.opcode == command.opcode &&
           (!one.service_action || one.service_action == command.service_action);
  });
}

}  // namespace san::iscsi
