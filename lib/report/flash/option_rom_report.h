// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/rom/option_rom_file.h"

namespace san::report {

/// Returns all that is known about the ROMs of a file.
Printable rom_text(const flash::RomFile& file);
Json rom_json(const flash::RomFile& file);

}  // namespace san::report
