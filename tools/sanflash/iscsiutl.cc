// SPDX-License-Identifier: Apache-2.0
// sanflash under the name iscsiutl: the commands that Intel's tool of that name, and bootutil after it, had.
#include "iscsiutl.h"

#include <fmt/core.h>

#include <filesystem>

#include "core/process/log.h"
#include "flash/live/nic_interface.h"
#include "flash/rom/rom_programs.h"
#include "hints.h"
#include "iscsiutl_arguments.h"
#include "output.h"

namespace san {
namespace {

constexpr SourceText kHelp = R"(The classic commands for iSCSI boot, done by sanflash.
Usage: iscsiutl [-all | -nic=N] COMMAND... [OPTIONS]

Which NICs:
  -all                     every NIC whose flash is known
  -nic=N                   the N-th that "sanflash list" shows, from 1

Commands:
  -bootpriority=PRIORITY   primary, secondary, pxe or disabled
  -flashenable, -fe        let the machine see the option ROM
  -flashdisable, -fd       hide it
  -up                      check the option ROM of -file and say what writes it
  -file=FILE               the option ROM
  -defaultconfig, -defcfg  boot words back to defaults, checksum repaired
Without a command, the NICs are listed. Options with two dashes are those of
sanflash.

  -h, --help               print this help
  --version                print the version
)";

Exit report_update(const flash::RomFile& file, const flash::NicInterface& nic) {
  const std::string id = nic.vendor && nic.device ? fmt::format("{:04x}:{:04x}", *nic.vendor, *nic.device)
                                                  : std::string("no PCI device");
  if (!flash::rom_is_for(file, nic)) {
    log::message(
        log::Level::error,
        fmt::format("{}: the ROM is not for this NIC ({}); another id: sanflash rom set-id", nic.name, id));
    return Exit::refused;
  }
  print_text(format_text(
      "{} ({}): {} is good, and for this NIC\n{}: not written: no ioctl does that. What writes it: {}\n",
      nic.name, id, file.name, nic.name, flash::rom_program(nic, file.name)));
  return Exit::failed;
}

/// Handles -up. Linux has no interface by which a program could write the flash that holds the ROM, so that
/// the answer is never "done".
Exit update(const IscsiutlArguments& command) {
  if (command.file.empty()) throw Error(Exit::usage, "-up", "needs the option ROM", "give -file=FILE");
  const flash::RomFile file = flash::read_rom_file(command.file, false);
  if (file.source != flash::RomSource::plain)
    throw Error(Exit::usage, command.file, "is a container, which only Intel's bootutil writes",
                "take its ROMs out of it: sanflash rom extract");
  for (const Diagnostic& finding : flash::rom_findings(file))
    if (finding.severity == Severity::error)
      throw Error(Exit::refused, command.file, finding.where + ": " + finding.text,
                  "see: sanflash rom verify");
  Exit exit = Exit::ok;
  for (const std::string& name : command.update) {
    const Exit now = report_update(file, flash::find_nic(name));
    if (exit == Exit::ok) exit = now;
  }
  return exit;
}

}  // namespace

bool is_iscsiutl(const char* program) {
  return program != nullptr && std::filesystem::path(program).filename() == "iscsiutl";
}

int run_iscsiutl(int argc, char** argv, const std::function<int(std::vector<std::string>)>& sanflash) {
  log::set_program("iscsiutl");
  use_option_words();
  try {
    std::vector<std::string> interfaces;
    for (const flash::NicInterface& nic : flash::find_nics()) interfaces.push_back(nic.name);
    const IscsiutlArguments command = parse_iscsiutl_arguments({argv + 1, argv + argc}, interfaces);
    if (command.help) print_text(kHelp);
    if (command.help) return 0;
    if (command.version) return sanflash({"--version"});
    int exit = 0;
    for (const auto& line : command.work)
      if (const int now = sanflash(line); exit == 0) exit = now;
    log::set_program("iscsiutl");
    if (exit == 0 && !command.update.empty()) exit = static_cast<int>(update(command));
    if (command.work.empty() && command.update.empty())
      throw Error(Exit::failed, "", "this machine has no NIC", "see: sanflash list");
    return exit;
  } catch (const Error& error) {
    log::message(log::Level::error, error.what());
    return static_cast<int>(error.code());
  }
}

}  // namespace san
