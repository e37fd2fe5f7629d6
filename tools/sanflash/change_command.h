// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "device_argument.h"

namespace san {

/// What the verbs that write have in common.
struct ChangeArgument {
  DeviceArgument device;
  bool dry_run = false;
  std::string backup;
};

/// Adds the device and those options. `argument` lives as long as `verb`.
void add_change(CLI::App& verb, ChangeArgument& argument);

/// Opens the device, lets `work` change it in memory, and writes it: first the backup, which a NIC always
/// has. With --dry-run nothing is written, and the differences are printed in place of a summary. What `work`
/// returns are warnings.
Exit change_flash(const CommonOptions& common, const ChangeArgument& argument,
                  const std::function<std::vector<std::string>(flash::FlashDevice&)>& work);

/// Throws Error(usage) for what makes no sense for all NICs: a number of a port, a priority that one has.
void check_all(const ChangeArgument& argument, bool port, std::optional<flash::BootChoice> choice);

/// Differences as a table.
Table change_table(const std::vector<flash::FlashChange>& changes);

}  // namespace san
