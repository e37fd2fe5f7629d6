// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "nic/flash_device.h"
#include "nic/nvm_flash.h"
#include "tool.h"

namespace san {

/// DEVICE of a command line, and the options about how to read it.
struct DeviceArgument {
  std::string device;
  std::string ip_order;
  nic::NvmOptions nvm;
};

/// Adds the argument and its options to a verb. `argument` lives as long as `verb`.
void add_device(CLI::App& verb, DeviceArgument& argument);

/// Opens nvm:FILE. A new kind of device gets a line in the table of device_argument.cc. Throws Error.
std::unique_ptr<nic::FlashDevice> open_flash(const DeviceArgument& argument);

}  // namespace san
