// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "flash/live/nic_interface.h"
#include "flash/rom/option_rom_file.h"

namespace san::flash {

/// Which program writes an option ROM into the flash of this NIC, as a command where that is known, for
/// people to read. No ioctl of Linux does.
std::string rom_program(const NicInterface& nic, const std::string& rom);

/// Whether a ROM of the file is for the NIC: by vendor and device of an image, or by its list of devices.
bool rom_is_for(const RomFile& file, const NicInterface& nic);

}  // namespace san::flash
