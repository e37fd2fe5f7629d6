// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "flash/live/nic_interface.h"
#include "flash/rom/option_rom_file.h"

namespace san::flash {

/// Returns advice on the program that writes an option ROM into the flash of this NIC, as a command if that
/// is known. No ioctl of Linux writes one.
std::string rom_program(const NicInterface& nic, const std::string& rom);

/// Returns true if a ROM of the file is for the NIC: by vendor and device of an image, or by its list of
/// devices.
bool rom_is_for(const RomFile& file, const NicInterface& nic);

}  // namespace san::flash
