// SPDX-License-Identifier: Apache-2.0
// sanflash rom
#include "rom.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "core/units.h"
#include "overwrite_option.h"
#include "verbs.h"

namespace san {
namespace {

Exit rom_switch_command(const CommonOptions& common, const RomArgument& argument) {
  ChangeArgument change = argument.change;
  change.device.device = argument.files.front();
  if (change.device.device.starts_with("uefi:"))
    throw Error(Exit::usage, change.device.device, "is not a NIC, so it has no option ROM");
  check_all(change, argument.port.has_value(), {});
  return change_flash(common, change, [&](flash::FlashDevice& flash) {
    // An interface is one port of a NIC; an image is that of the whole.
    return flash.enable_rom(argument.action == "enable", argument.port ? argument.port : flash.own_port());
  });
}

struct Action {
  const char* name;
  Exit (*run)(const CommonOptions& common, const RomArgument& argument);
  std::size_t most;     // arguments behind the action; 0 for any number
  const char* options;  // those that it has of its own, between spaces
};
constexpr Action kActions[] = {
    {"info", rom_info, 0, " --scan "},
    {"verify", rom_verify, 0, " --scan "},
    {"extract", rom_extract, 1, " --scan --output --raw --checksum-byte --overwrite "},
    {"join", rom_join, 0, " --output --trailing --checksum-byte --overwrite "},
    {"set-id", rom_set_id, 1, " --id --devices --output --in-place --checksum-byte --overwrite "},
    {"enable", rom_switch_command, 1, " --port --dry-run --backup --unverified --family "},
    {"disable", rom_switch_command, 1, " --port --dry-run --backup --unverified --family "},
};

const Action& find_action(const std::string& name) {
  for (const Action& action : kActions)
    if (name == action.name) return action;
  throw Error(Exit::usage, name, "is not an action of sanflash rom");
}

/// An option that another action has would be without effect: better an error than a surprise.
void check_options(const CLI::App& verb, const Action& action) {
  for (const CLI::Option* option : verb.get_options()) {
    if (option->get_positional() || option->count() == 0 || option->get_lnames().empty()) continue;
    const std::string name = "--" + option->get_lnames().front();
    if (std::string_view(action.options).find(" " + name + " ") == std::string_view::npos)
      throw Error(Exit::usage, name, fmt::format("is not an option of rom {}", action.name),
                  "see sanflash rom --help");
  }
}

std::vector<std::string> action_names() {
  std::vector<std::string> names;
  for (const Action& action : kActions) names.emplace_back(action.name);
  return names;
}

void add_rom_options(CLI::App& verb, RomArgument& argument) {
  verb.add_option("ACTION", argument.action,
                  "info, verify, extract, join or set-id of FILEs; enable or disable of a DEVICE")
      ->required()
      ->check(CLI::IsMember(action_names()));
  verb.add_option("FILE", argument.files, "files with option ROMs; a device for enable and disable")
      ->required();
  verb.add_option("-o,--output", argument.output, "the file to write; of extract the directory")
      ->type_name("PATH");
  add_overwrite(verb, argument.overwrite);
  verb.add_flag("--scan", argument.scan, "look for ROMs anywhere in the file: the dump of a flash");
  verb.add_flag("--raw", argument.raw,
                "extract: as they are in the file, though not valid ROMs on their own");
  verb.add_option("--trailing", argument.trailing, "join: a file with bytes to put behind the last image")
      ->type_name("FILE");
  verb.add_option("--id", argument.id, "set-id: the PCI device, as 8086:100e")->type_name("VENDOR:DEVICE");
  verb.add_option("--devices", argument.devices,
                  "set-id: in the list of more devices, replace the old id (update), leave only the new one "
                  "(only), or change nothing (keep)")
      ->check(CLI::IsMember({"update", "only", "keep"}))
      ->type_name("RULE");
  verb.add_flag("--in-place", argument.in_place, "set-id: write the file itself");
  verb.add_option("--checksum-byte", argument.checksum_byte,
                  "offset of the byte of an x86 image that makes its checksum right, where none is known")
      ->type_name("OFFSET");
  verb.add_option(
          "--port", argument.port,
          "enable, disable: port of the NIC, from 1; by default that of nic:IFACE, and all of nvm:FILE")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N")
      ->group("Device");
  verb.add_flag("--dry-run", argument.change.dry_run, "print what would change, and write nothing")
      ->group("Device");
  verb.add_option("--backup", argument.change.backup, "first write a backup to this new file")
      ->type_name("FILE")
      ->group("Device");
  verb.add_flag("--unverified", argument.change.device.nvm.unverified,
                "write what no public datasheet confirms, too")
      ->group("Device");
  verb.add_option("--family", argument.change.device.nvm.family,
                  "the NIC's family, where the image does not tell: " + flash::family_names())
      ->type_name("NAME")
      ->group("Device");
}

}  // namespace

void add_rom(Verbs& verbs, CommonOptions& common) {
  const auto argument = std::make_shared<RomArgument>();
  const auto self = std::make_shared<CLI::App*>(nullptr);
  CLI::App& verb =
      verbs.add("rom", "option ROMs: look at, take apart, put together, switch", [&common, argument, self] {
        const Action& action = find_action(argument->action);
        check_options(**self, action);
        if (action.most != 0 && argument->files.size() > action.most)
          throw Error(Exit::usage, argument->files[action.most], "one argument too many",
                      "see sanflash rom --help");
        return action.run(common, *argument);
      });
  *self = &verb;
  add_rom_options(verb, *argument);
}

}  // namespace san
