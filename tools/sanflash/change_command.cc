// SPDX-License-Identifier: Apache-2.0
#include "change_command.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <filesystem>

#include "answer.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "flash/flash_file.h"

namespace san {

void add_change(CLI::App& verb, ChangeArgument& argument) {
  add_device(verb, argument.device);
  verb.add_flag("--dry-run", argument.dry_run, "print what would change, and write nothing");
  verb.add_option("--backup", argument.backup, "first write a backup to this new file")->type_name("FILE");
  verb.add_flag("--unverified", argument.device.nvm.unverified,
                "write what no public datasheet confirms, too")
      ->group("Device");
}

Table change_table(const std::vector<flash::FlashChange>& changes) {
  Table table({{"where", "WHERE"}, {"before", "BEFORE"}, {"after", "AFTER"}, {"name", "WHAT"}});
  for (const flash::FlashChange& change : changes)
    table.add({change.where, change.before, change.after, change.name.empty() ? Cell() : Cell(change.name)});
  return table;
}

namespace {

/// Writes the backup, if there is to be one, and then the flash. Returns the backup's name.
std::string write_flash(const DeviceArgument& device, std::string backup, flash::FlashDevice& flash) {
  if (backup.empty()) {
    backup = flash.backup_path();
    if (!backup.empty()) flash::make_backup_directory(std::filesystem::path(backup).parent_path().string());
  }
  if (!backup.empty()) flash::write_backup(backup, flash.backup());
  try {
    flash.commit();
  } catch (const flash::PartlyWritten& error) {
    if (backup.empty()) throw;
    throw Error(error.code(), error.object(), error.cause(),
                fmt::format("the old content: sanflash restore {} {}", device.device, backup));
  }
  return backup;
}

Answer change_one(const CommonOptions& common, const ChangeArgument& argument, const DeviceArgument& device,
                  const std::function<std::vector<std::string>(flash::FlashDevice&)>& work) {
  const auto flash = open_flash(device);
  const auto notes = work(*flash);
  const auto changes = flash->changes();
  const bool write = !argument.dry_run && !changes.empty();
  const std::string backup = write ? write_flash(device, argument.backup, *flash) : std::string();
  for (const std::string& note : notes) log::message(log::Level::warning, note);
  Answer answer;
  answer.json = {{"device", device.device},
                 {"written", write},
                 {"dry_run", argument.dry_run},
                 {"backup", backup.empty() ? Json(nullptr) : Json(backup)},
                 {"changes", change_table(changes).json()},
                 {"notes", notes}};
  if (changes.empty())
    answer.text = format_text("{}: nothing to change\n", device.device);
  else if (argument.dry_run)
    answer.text = change_table(changes).text();
  else if (!common.quiet)
    answer.text =
        format_text("{}: {} {} changed, written and read back{}\n", device.device, changes.size(),
                    changes.size() == 1 ? "place" : "places",
                    backup.empty() || backup == argument.backup ? "" : fmt::format("; backup: {}", backup));
  return answer;
}

}  // namespace

Exit change_flash(const CommonOptions& common, const ChangeArgument& argument,
                  const std::function<std::vector<std::string>(flash::FlashDevice&)>& work) {
  if (is_all(argument.device) && !argument.backup.empty())
    throw Error(Exit::usage, "--backup", "is one file, but there may be several NICs",
                "leave it out: each NIC gets a backup of its own");
  return answer_each(common, argument.device, [&](const DeviceArgument& device) {
    return change_one(common, argument, device, work);
  });
}

void check_all(const ChangeArgument& argument, bool port, std::optional<boot::Priority> choice) {
  if (!is_all(argument.device)) return;
  if (port)
    throw Error(Exit::usage, "--port", "does not go together with all",
                "each interface is a port of its own");
  if (choice == boot::Priority::primary || choice == boot::Priority::secondary)
    throw Error(Exit::usage, argument.device.device, "only one port of a machine can have that priority",
                "name it: nic:IFACE");
}

}  // namespace san
