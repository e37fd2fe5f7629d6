// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// The bit of an NVM that hides the option ROM of a port from the machine: 1 hides it.
struct RomSwitch {
  std::size_t word = 0;
  std::uint16_t bit = 0;
  bool sure = false;  ///< a public datasheet says which bit it is
};

/// Returns the bit of a port (from 1), or nothing if no document names it, or if the image lacks the section.
///
/// X550: bit 3 of word 2 of the section that word 0x07 (port 2: 0x08) points to (datasheet, 6.2.7.3).
///
/// 82576, 82580, I350, I210: "LAN boot disable" of initialization control 3 (I210 datasheet, 3.3.3.1), which
/// is word 0x24 (82576, port 2: 0x14; 82580 and I350: 0x24 of the port's section). That it is bit 7 is in no
/// public document.
std::optional<RomSwitch> rom_switch(const NvmImage& image, const NvmFamily& family, unsigned port);

}  // namespace san::flash
