// SPDX-License-Identifier: Apache-2.0
// sanflash set
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>

#include "boot/mac_address.h"
#include "change_command.h"
#include "core/process/log.h"
#include "flash/flash_file.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/credentials.h"
#include "verbs.h"

namespace san {
namespace {

struct SetArgument {
  ChangeArgument change;
  std::optional<unsigned> port, lun, vlan;
  std::string mac, target, portal, address, gateway, target_secret_file;
  bool dhcp = false, no_chap = false;
};

std::string checked_name(const std::string& option, const std::string& name) {
  if (const auto fault = iscsi::name_fault(name, iscsi::NameRules::portable))
    throw Error(Exit::usage, fmt::format("{} {}", option, name), fault->cause, fault->hint);
  return name;
}

void add_network(flash::FlashSettings& settings, const SetArgument& set) {
  if (set.dhcp && !set.address.empty())
    throw Error(Exit::usage, "--dhcp", "does not go together with --address");
  if (set.dhcp) settings.dhcp = true;
  if (!set.address.empty()) flash::parse_address(settings, set.address, "--address");
  if (!set.gateway.empty()) settings.gateway = set.gateway == "0.0.0.0" ? std::string() : set.gateway;
  if (set.vlan) settings.vlan = static_cast<std::uint16_t>(*set.vlan);
}

void add_target(flash::FlashSettings& settings, const SetArgument& set) {
  if (!set.target.empty()) settings.target = checked_name("--target", set.target);
  if (!set.portal.empty()) settings.portals = {iscsi::parse_portal(set.portal)};
  if (set.lun) settings.lun = static_cast<std::uint16_t>(*set.lun);
}

void add_login(flash::FlashSettings& settings, const CommonOptions& common, const SetArgument& set) {
  const auto& login = common.login;
  if (set.no_chap &&
      (!login.chap_user.empty() || !login.chap_secret_file.empty() || !set.target_secret_file.empty()))
    throw Error(Exit::usage, "--no-chap", "does not go together with a CHAP user or secret");
  if (!login.initiator.empty()) settings.initiator = checked_name("--initiator", login.initiator);
  if (set.no_chap) {
    settings.auth = flash::Auth::none;
    settings.user.reset();
    settings.secret.reset();
    settings.target_user.reset();
    settings.target_secret.reset();
  }
  if (!login.chap_user.empty()) settings.user = login.chap_user;
  if (!login.chap_secret_file.empty()) settings.secret = iscsi::read_secret(login.chap_secret_file);
  if (settings.auth == flash::Auth::none && (settings.user || settings.secret))
    settings.auth = flash::Auth::chap;
  if (!set.target_secret_file.empty()) {
    settings.target_secret = iscsi::read_secret(set.target_secret_file);
    settings.auth = flash::Auth::mutual_chap;
  }
}

/// An interface is a port itself; a profile that is for another one is not for it.
unsigned port_of(const SetArgument& set, unsigned of_profile, const flash::FlashDevice& flash) {
  const auto own = flash.own_port();
  if (own && of_profile != 1 && of_profile != *own)
    throw Error(Exit::usage, set.change.device.device,
                fmt::format("is port {} of its NIC, but the profile is for port {}", *own, of_profile),
                "give --port");
  return own.value_or(of_profile);
}

/// A file keeps its mode, for another user's QEMU may have to read it. Who else can is said.
void warn_of_readers(const std::string& device) {
  const std::string path = device.substr(device.find(':') + 1);
  if ((device.starts_with("nvm:") || device.starts_with("uefi:")) && flash::others_can_read(path))
    log::message(log::Level::warning,
                 path + ": holds CHAP secrets now, and others than its owner can read it");
}

Exit set_flash(const CommonOptions& common, const SetArgument& set) {
  flash::FlashSettings settings;
  unsigned port = 1;
  if (const boot::BootProfile* const profile = common.login.boot_profile()) {
    port = profile->port;
    settings = flash::settings_of(*profile);
  }
  if (!set.mac.empty()) settings.mac = set.mac;
  add_network(settings, set);
  add_target(settings, set);
  add_login(settings, common, set);
  if (settings.empty())
    throw Error(Exit::usage, "sanflash set", "nothing is to be set",
                "give --profile=FILE, or single options");
  check_all(set.change, set.port.has_value(), settings.priority);
  if (is_all(set.change.device) && (settings.address || settings.mac))
    throw Error(Exit::usage, set.change.device.device, "an address belongs to one port",
                "name it: nic:IFACE");
  const Exit exit = change_flash(common, set.change, [&](flash::FlashDevice& flash) {
    return flash.set(settings, set.port ? *set.port : port_of(set, port, flash));
  });
  if (!set.change.dry_run && (settings.secret || settings.target_secret))
    warn_of_readers(set.change.device.device);
  return exit;
}

}  // namespace

void add_set(Verbs& verbs, CommonOptions& common) {
  const auto set = std::make_shared<SetArgument>();
  CLI::App& verb = verbs.add("set", "write boot settings: a boot profile, single options, or both",
                             [&common, set] { return set_flash(common, *set); });
  add_change(verb, set->change);
  verb.add_option("--port", set->port,
                  "port of the NIC, from 1; by default that of the interface or the profile, else 1")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N");
  verb.add_option("--mac", set->mac, "address of the NIC, by which a firmware knows it")
      ->check(CLI::Validator(
          [](std::string& text) {
            const auto fault = boot::mac_fault(text);
            if (!fault) text = boot::parse_mac(text)->to_string();
            return fault ? fault->cause + (fault->hint.empty() ? "" : "; " + fault->hint) : std::string();
          },
          ""))
      ->type_name("ADDRESS");
  verb.add_option("--target", set->target, "name of the target")->type_name("IQN");
  verb.add_option("--portal", set->portal, "where the target listens: ADDRESS[:PORT]")->type_name("PORTAL");
  verb.add_option("--lun", set->lun, "0 to 65535")->check(CLI::Range(0U, 65535U))->type_name("N");
  verb.add_flag("--dhcp", set->dhcp, "the machine gets its address by DHCP");
  verb.add_option("--address", set->address, "address of the machine, with the bits of its network")
      ->type_name("ADDRESS/BITS");
  verb.add_option("--gateway", set->gateway, "gateway of the machine; 0.0.0.0 for none")
      ->type_name("ADDRESS");
  verb.add_option("--vlan", set->vlan, "1 to 4094; 0 for none")
      ->check(CLI::Range(0U, unsigned{boot::kMaxVlan}))
      ->type_name("ID");
  verb.add_flag("--no-chap", set->no_chap, "no authentication; user and secrets are removed");
  verb.add_option("--target-secret-file", set->target_secret_file,
                  "file of mode 0600 with the secret that the target proves itself by (mutual CHAP)")
      ->type_name("FILE");
  verb.add_flag("--no-target-user", set->change.device.nvm.drop_target_user,
                "leave out the target's CHAP user, for which there is no field");
}

}  // namespace san
