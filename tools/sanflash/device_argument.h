// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "flash/flash_device.h"
#include "flash/nvm/nvm_flash.h"
#include "tool.h"

namespace san {

/// DEVICE of a command line, and the options for reading it.
struct DeviceArgument {
  std::string device;
  std::string ip_order;
  flash::NvmOptions nvm;
};

/// Adds the argument and its options to a verb. `argument` must outlive `verb`.
void add_device(CLI::App& verb, DeviceArgument& argument);

/// Opens nvm:FILE, nic:IFACE or uefi:FILE. A new kind of device gets a line in the table of
/// device_argument.cc. Throws Error.
std::unique_ptr<flash::FlashDevice> open_flash(const DeviceArgument& argument);

/// True if the argument is "all": every NIC of this machine whose NVM is known.
bool is_all(const DeviceArgument& argument);

/// Throws Error(usage) for "all".
void check_one(const DeviceArgument& argument);

}  // namespace san
