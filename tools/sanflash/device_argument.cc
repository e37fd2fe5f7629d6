// SPDX-License-Identifier: Apache-2.0
#include "device_argument.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "answer.h"
#include "core/process/log.h"
#include "flash/live/nic_flash.h"
#include "flash/uefi/uefi_flash.h"
#include "output.h"

namespace san {
namespace {

using Opened = std::unique_ptr<flash::FlashDevice>;

flash::NvmOptions nvm_options(const DeviceArgument& argument) {
  flash::NvmOptions options = argument.nvm;
  if (argument.ip_order == "network") options.ip_order = flash::IpOrder::network;
  if (argument.ip_order == "reversed") options.ip_order = flash::IpOrder::reversed;
  return options;
}

Opened open_nvm(const DeviceArgument& argument, const std::string& rest) {
  return flash::open_nvm_file(argument.device, rest, nvm_options(argument));
}

Opened open_interface(const DeviceArgument& argument, const std::string& rest) {
  return flash::open_nic(rest, nvm_options(argument));
}

Opened open_uefi(const DeviceArgument& argument, const std::string& rest) {
  return flash::open_uefi_file(argument.device, rest);
}

struct Kind {
  const char* prefix;
  Opened (*open)(const DeviceArgument& argument, const std::string& rest);
};
constexpr const char* kKindsText = "write nvm:FILE, nic:IFACE or uefi:FILE";
constexpr Kind kKinds[] = {{"nvm:", open_nvm}, {"nic:", open_interface}, {"uefi:", open_uefi}};

}  // namespace

void add_device(CLI::App& verb, DeviceArgument& argument) {
  verb.add_option("DEVICE", argument.device,
                  "nvm:FILE, an image of an Intel NIC's NVM; nic:IFACE, a NIC of this machine; all of them; "
                  "uefi:FILE, a firmware's variable store")
      ->required();
  verb.add_option("--family", argument.nvm.family,
                  "the NIC's family, where the image does not tell: " + flash::family_names())
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
      if (rest.empty()) throw Error(Exit::usage, argument.device, "names nothing", kKindsText);
      return kind.open(argument, rest);
    }
  check_one(argument);
  throw Error(Exit::usage, argument.device, "is not a kind of flash known here", kKindsText);
}

bool is_all(const DeviceArgument& argument) {
  return argument.device == "all";
}

void check_one(const DeviceArgument& argument) {
  if (is_all(argument))
    throw Error(Exit::usage, argument.device, "this verb is about one device", "name it: nic:IFACE");
}

Exit answer_each(const CommonOptions& common, const DeviceArgument& argument,
                 const std::function<Answer(const DeviceArgument&)>& work) {
  if (!is_all(argument)) {
    const Answer answer = work(argument);
    if (common.json)
      print_json(answer.json);
    else
      print_text(answer.text);
    return answer.exit;
  }
  const auto names = flash::known_nics();
  if (names.empty())
    throw Error(Exit::failed, argument.device, "this machine has no NIC whose NVM is known here",
                "see: sanflash list");
  Json devices = Json::array();
  Exit exit = Exit::ok;
  for (const std::string& name : names) {
    DeviceArgument one = argument;
    one.device = "nic:" + name;
    Exit now = Exit::ok;
    try {
      Answer answer = work(one);
      now = answer.exit;
      if (!common.json) print_text(answer.text);
      devices.push_back(std::move(answer.json));
    } catch (const Error& error) {
      now = error.code();
      log::message(log::Level::error, error.what());
      devices.push_back({{"device", one.device}, {"error", to_json(error)}});
    }
    if (exit == Exit::ok) exit = now;
  }
  if (common.json) print_json({{"devices", devices}});
  return exit;
}

}  // namespace san
