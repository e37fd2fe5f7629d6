// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "flash/flash_device.h"
#include "flash/nvm/nvm_flash.h"
#include "tool.h"

namespace san {

/// DEVICE of a command line, and the options about how to read it.
struct DeviceArgument {
  std::string device;
  std::string ip_order;
  flash::NvmOptions nvm;
};

/// Adds the argument and its options to a verb. `argument` lives as long as `verb`.
void add_device(CLI::App& verb, DeviceArgument& argument);

/// Opens nvm:FILE, nic:IFACE or uefi:FILE. A new kind of device gets a line in the table of
/// device_argument.cc. Throws Error.
std::unique_ptr<flash::FlashDevice> open_flash(const DeviceArgument& argument);

/// Whether it stands for every NIC of this machine whose NVM is known.
bool is_all(const DeviceArgument& argument);

/// Throws Error(usage) for "all".
void check_one(const DeviceArgument& argument);

/// What a verb says about one device.
struct Answer {
  Exit exit = Exit::ok;
  Json json;
  Printable text;
};

/// Prints the answer of `work` about the device. Of "all" every NIC is asked: the document is then
/// {"devices": […]}, an Error is the answer of one NIC only, and the exit code is the first that is not 0.
/// Throws Error.
Exit answer_each(const CommonOptions& common, const DeviceArgument& argument,
                 const std::function<Answer(const DeviceArgument&)>& work);

}  // namespace san
