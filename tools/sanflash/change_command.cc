// SPDX-License-Identifier: Apache-2.0
#include "change_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/log.h"
#include "nic/flash_file.h"

namespace san {

void add_change(CLI::App& verb, ChangeArgument& argument) {
  add_device(verb, argument.device);
  verb.add_flag("--dry-run", argument.dry_run, "print what would change, and write nothing");
  verb.add_option("--backup", argument.backup, "first write a backup to this new file")->type_name("FILE");
  verb.add_flag("--unverified", argument.device.nvm.unverified,
                "write what no public datasheet confirms, too")
      ->group("Device");
}

Table change_table(const std::vector<nic::FlashChange>& changes) {
  Table table({{"where", "WHERE"}, {"before", "BEFORE"}, {"after", "AFTER"}, {"name", "WHAT"}});
  for (const nic::FlashChange& change : changes)
    table.add({change.where, change.before, change.after, change.name.empty() ? Cell() : Cell(change.name)});
  return table;
}

Exit change_flash(const CommonOptions& common, const ChangeArgument& argument,
                  const std::function<std::vector<std::string>(nic::FlashDevice&)>& work) {
  const auto flash = open_flash(argument.device);
  const auto notes = work(*flash);
  const auto changes = flash->changes();
  const bool write = !argument.dry_run && !changes.empty();
  if (write) {
    if (!argument.backup.empty()) nic::write_backup(argument.backup, flash->backup());
    flash->commit();
  }
  for (const std::string& note : notes) log::message(log::Level::warning, printable(note));
  if (common.json) {
    Json document = {{"device", argument.device.device},
                     {"written", write},
                     {"dry_run", argument.dry_run},
                     {"backup", write && !argument.backup.empty() ? Json(argument.backup) : Json(nullptr)},
                     {"changes", change_table(changes).json()},
                     {"notes", notes}};
    print_json(document);
    return Exit::ok;
  }
  if (changes.empty())
    print_text(fmt::format("{}: nothing to change\n", printable(argument.device.device)));
  else if (argument.dry_run)
    print_text(change_table(changes).text());
  else if (!common.quiet)
    print_text(fmt::format("{}: {} {} changed, written and read back\n", printable(argument.device.device),
                           changes.size(), changes.size() == 1 ? "place" : "places"));
  return Exit::ok;
}

}  // namespace san
