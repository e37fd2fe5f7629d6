// SPDX-License-Identifier: Apache-2.0
#include "device_argument.h"

#include <fmt/format.h>

#include "nic/uefi_flash.h"

namespace san {
namespace {

using Opened = std::unique_ptr<nic::FlashDevice>;

nic::NvmOptions nvm_options(const DeviceArgument& argument) {
  nic::NvmOptions options = argument.nvm;
  if (argument.ip_order == "network") options.ip_order = nic::IpOrder::network;
  if (argument.ip_order == "reversed") options.ip_order = nic::IpOrder::reversed;
  return options;
}

Opened open_nvm(const DeviceArgument& argument, const std::string& rest) {
  return nic::open_nvm_file(argument.device, rest, nvm_options(argument));
}

Opened open_uefi(const DeviceArgument& argument, const std::string& rest) {
  return nic::open_uefi_file(argument.device, rest);
}

struct Kind {
  const char* prefix;
  Opened (*open)(const DeviceArgument& argument, const std::string& rest);
};
constexpr Kind kKinds[] = {{"nvm:", open_nvm}, {"uefi:", open_uefi}};

}  // namespace

void add_device(CLI::App& verb, DeviceArgument& argument) {
  verb.add_option("DEVICE", argument.device,
                  "nvm:FILE, an image of an Intel NIC's NVM; uefi:FILE, a firmware's variable store")
      ->required();
  verb.add_option("--family", argument.nvm.family,
                  "the NIC's family, where the image does not tell: " + nic::family_names())
      ->type_name("NAME")
      ->group("Device");
  verb.add_option("--ip-order", argument.ip_order,
                  "how IPv4 addresses stand in the iSCSI block, where no netmask tells: network, reversed")
      ->check(CLI::IsMember({"network", "reversed"}))
      ->type_name("ORDER")
      ->group("Device");
}

Opened open_flash(const DeviceArgument& argument) {
  for (const Kind& kind : kKinds)
    if (argument.device.starts_with(kind.prefix)) {
      const std::string rest = argument.device.substr(std::string_view(kind.prefix).size());
      if (rest.empty())
        throw Error(Exit::usage, argument.device, "names nothing", "write nvm:FILE or uefi:FILE");
      return kind.open(argument, rest);
    }
  throw Error(Exit::usage, argument.device, "is no kind of flash known here", "write nvm:FILE or uefi:FILE");
}

}  // namespace san
