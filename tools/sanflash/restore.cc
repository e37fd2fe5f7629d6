// SPDX-License-Identifier: Apache-2.0
// sanflash restore
#include <CLI/CLI.hpp>
#include <memory>

#include "change_command.h"
#include "flash/flash_file.h"
#include "verbs.h"

namespace san {

void add_restore(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    ChangeArgument change;
    std::string file;
  };
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb = verbs.add("restore", "the content of a backup into the flash", [&common, argument] {
    check_one(argument->change.device);
    const auto content = flash::read_flash_file(argument->file, flash::kMaxFlashFile);
    return change_flash(common, argument->change,
                        [&](flash::FlashDevice& flash) { return flash.restore(argument->file, content); });
  });
  add_change(verb, argument->change);
  verb.add_option("FILE", argument->file, "the backup")->required();
  verb.add_option("--force", argument->change.device.nvm.force,
                  "why the backup of another NIC is to be written")
      ->type_name("REASON");
}

}  // namespace san
