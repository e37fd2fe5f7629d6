// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "flash/flash_settings.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

inline constexpr std::uint16_t kDefaultSetup = 0x0100;          // X550 datasheet, 6.2.2.49
inline constexpr std::uint16_t kDefaultCustomization = 0x4000;  // 6.2.2.50
inline constexpr std::uint16_t kErased = 0xFFFF;

/// Returns the word with the main setup options of a port (from 1): 0x30, 0x34, 0x38, 0x3A. The customization
/// options are in the next word.
constexpr std::size_t setup_word(unsigned port) {
  constexpr std::size_t kWords[] = {0x30, 0x34, 0x38, 0x3A};
  return kWords[(port - 1) % 4];
}

/// Fields of a word of main setup options (X550 datasheet, 6.2.2.49).
struct SetupOptions {
  unsigned protocol = 0;        ///< bits 2:0
  unsigned boot_selection = 0;  ///< bits 4:3
  bool iscsi_disabled = false;  ///< bit 5
  unsigned prompt_seconds = 2;  ///< bits 7:6
  bool message = true;          ///< bit 8: "Press Ctrl-S"
  unsigned speed = 0;           ///< bits 12:10
};
SetupOptions setup_options(std::uint16_t word);

/// Names the boot protocol that a setup word selects: "PXE", "iSCSI primary", "boot disabled", "RPL" …
std::string protocol_name(std::uint16_t word, ProtocolSelect select);
/// Names a boot selection: "network, then local" …
std::string boot_selection_name(unsigned value);
/// Names a speed: "automatic", "1000 Mbit/s full duplex" …
std::string speed_name(unsigned value);

/// Fields of a word of customization options (X550 datasheet, 6.2.2.50).
struct Customization {
  unsigned signature = 1;        ///< bits 15:14; 01b: programmed
  bool retry = false;            ///< bit 11: retry forever
  unsigned mode = 0;             ///< bits 10:8
  bool no_flash_update = false;  ///< bit 5
  bool no_wakeup_menu = false;
  bool no_selection_menu = false;
  bool no_protocol_menu = false;
  bool no_title = false;
  bool no_setup_menu = false;  ///< bit 0
};
Customization customization(std::uint16_t word);
/// Names a mode: "normal", "legacy" …
std::string mode_name(unsigned mode);

/// Returns the setup word that selects `choice`; the only other bit that may change is the one that would
/// disable iSCSI. Sets `sure` to true if a datasheet defines the value for this family, else to false.
std::uint16_t with_choice(std::uint16_t word, boot::Priority choice, const NvmFamily& family, bool& sure);

/// Returns the role that a setup word selects; nothing for RPL, FCoE and reserved values.
std::optional<boot::Priority> choice_of(std::uint16_t word, ProtocolSelect select);

/// Returns the version of the boot agent in word 0x32 (bits 15:12, 11:8, 7:0): "1.2.28"; empty if there is
/// none.
std::string agent_version(std::uint16_t word);

}  // namespace san::flash
