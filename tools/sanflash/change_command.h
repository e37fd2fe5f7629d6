// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "device_argument.h"

namespace san {

/// Arguments and options common to the verbs that write.
struct ChangeArgument {
  DeviceArgument device;
  bool dry_run = false;
  std::string backup;
};

/// Adds the device and those options. `argument` must outlive `verb`.
void add_change(CLI::App& verb, ChangeArgument& argument);

/// Opens the device, calls `work` to change it in memory, and writes it, after the backup, which is always
/// made of a NIC. With --dry-run nothing is written, and the differences are printed instead of a summary.
/// `work` returns warnings.
Exit change_flash(const CommonOptions& common, const ChangeArgument& argument,
                  const std::function<std::vector<std::string>(flash::FlashDevice&)>& work);

/// Throws Error(usage) for options that make no sense for all NICs: a port number, or a priority that only
/// one NIC can have.
void check_all(const ChangeArgument& argument, bool port, std::optional<boot::Priority> choice);

/// Returns the differences as a table.
Table change_table(const std::vector<flash::FlashChange>& changes);

}  // namespace san
