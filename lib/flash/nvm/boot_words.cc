// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/boot_words.h"

#include <fmt/core.h>

#include <array>

namespace san::flash {

SetupOptions setup_options(std::uint16_t word) {
  constexpr std::array<unsigned, 4> kSeconds = {2, 3, 5, 0};
  const unsigned w = word;
  return {w & 7, (w >> 3) & 3, (w & 0x20) != 0, kSeconds.at((w >> 6) & 3), (w & 0x100) != 0, (w >> 10) & 7};
}

std::string protocol_name(std::uint16_t word, ProtocolSelect select) {
  constexpr std::array<const char*, 5> kThree = {"PXE", "boot disabled", "iSCSI primary", "iSCSI secondary",
                                                 "FCoE"};
  constexpr std::array<const char*, 4> kTwo = {"PXE", "RPL", "iSCSI primary", "iSCSI secondary"};
  const unsigned value = word & (select == ProtocolSelect::three_bit ? 7U : 3U);
  const bool defined = select == ProtocolSelect::pxe_rpl ? value < 2 : value < kThree.size();
  if (!defined) return fmt::format("undefined ({})", value);
  return select == ProtocolSelect::three_bit ? kThree.at(value) : kTwo.at(value);
}

std::string boot_selection_name(unsigned value) {
  constexpr std::array<const char*, 4> kNames = {"network, then local", "local, then network", "network only",
                                                 "local only"};
  return kNames.at(value & 3);
}

std::string speed_name(unsigned value) {
  constexpr std::array<const char*, 8> kNames = {
      "automatic", "10 Mbit/s half duplex", "100 Mbit/s half duplex", "automatic",
      "automatic", "10 Mbit/s full duplex", "100 Mbit/s full duplex", "1000 Mbit/s full duplex"};
  return kNames.at(value & 7);
}

Customization customization(std::uint16_t word) {
  const unsigned w = word;
  return {w >> 14,         (w & 0x800) != 0, (w >> 8) & 7,    (w & 0x20) != 0, (w & 0x10) != 0,
          (w & 0x08) != 0, (w & 0x04) != 0,  (w & 0x02) != 0, (w & 0x01) != 0};
}

std::string mode_name(unsigned mode) {
  constexpr std::array<const char*, 5> kNames = {"normal", "legacy", "BBS", "PnP INT18", "PnP INT19"};
  return mode < kNames.size() ? kNames.at(mode) : kNames.front();
}

std::uint16_t with_choice(std::uint16_t word, boot::Priority choice, const NvmFamily& family, bool& sure) {
  const bool three = family.protocol == ProtocolSelect::three_bit;
  unsigned value = 0;
  switch (choice) {
    case boot::Priority::pxe:
      value = 0;
      break;
    case boot::Priority::disabled:
      value = 1;
      break;
    case boot::Priority::primary:
      value = 2;
      break;
    case boot::Priority::secondary:
      value = 3;
      break;
  }
  sure = choice == boot::Priority::pxe || three ||
         (family.protocol == ProtocolSelect::two_bit && choice != boot::Priority::disabled);
  // Bit 2 of the older words was the BIOS Boot Specification's, and is obsolete: it stays as it is.
  unsigned result = (word & (three ? ~7U : ~3U)) | value;
  // Bit 5 is reserved on 1 GbE NICs (ICH8 NVM guide), where it stays as it is, too.
  if (family.ten_gigabit && value >= 2) result &= ~0x20U;
  return static_cast<std::uint16_t>(result);
}

std::optional<boot::Priority> choice_of(std::uint16_t word, ProtocolSelect select) {
  const bool three = select == ProtocolSelect::three_bit;
  switch (word & (three ? 7U : 3U)) {
    case 0:
      return boot::Priority::pxe;
    case 1:
      return three ? std::optional(boot::Priority::disabled) : std::nullopt;
    case 2:
      return boot::Priority::primary;
    case 3:
      return boot::Priority::secondary;
    default:
      return std::nullopt;
  }
}

std::string agent_version(std::uint16_t word) {
  if (word == 0 || word == kErased) return {};
  return fmt::format("{}.{}.{}", word >> 12, (word >> 8) & 15, word & 255);
}

}  // namespace san::flash
