// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "change_command.h"
#include "core/json.h"
#include "flash/rom/option_rom_edit.h"
#include "system/file/output_file.h"

namespace san {

/// Arguments and options of "sanflash rom", for all its actions.
struct RomArgument {
  std::string action;
  std::vector<std::string> files;  ///< files, or the device for enable and disable
  std::string output, id, devices = "update", trailing;
  std::optional<std::size_t> checksum_byte;
  bool scan = false, raw = false, in_place = false;
  Overwrite overwrite = Overwrite::no;
  std::optional<unsigned> port;
  ChangeArgument change;
};

// rom_show.cc
Exit rom_info(const CommonOptions& common, const RomArgument& argument);
Exit rom_verify(const CommonOptions& common, const RomArgument& argument);
// rom_edit.cc
Exit rom_extract(const CommonOptions& common, const RomArgument& argument);
Exit rom_join(const CommonOptions& common, const RomArgument& argument);
Exit rom_set_id(const CommonOptions& common, const RomArgument& argument);

/// Prints the findings about a ROM, or adds them to `list` if `json`. Returns true if there is no error among
/// them.
bool report_rom_findings(const flash::RomFile& file, bool json, Json& list);

}  // namespace san
