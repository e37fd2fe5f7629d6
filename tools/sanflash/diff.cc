// SPDX-License-Identifier: Apache-2.0
// sanflash diff
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "change_command.h"
#include "flash/flash_file.h"
#include "output.h"
#include "verbs.h"

namespace san {

void add_diff(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    DeviceArgument device;
    std::string file;
  };
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb =
      verbs.add("diff", "where flash and backup differ; exit code 1 if they do", [&common, argument] {
        const auto content = flash::read_flash_file(argument->file, flash::kMaxFlashFile);
        const auto differences = open_flash(argument->device)->differences(argument->file, content);
        if (common.json)
          print_json({{"device", argument->device.device},
                      {"file", argument->file},
                      {"identical", differences.empty()},
                      {"differences", change_table(differences).json()}});
        else if (!differences.empty())
          print_text(change_table(differences).text());
        return differences.empty() ? Exit::ok : Exit::no;
      });
  add_device(verb, argument->device);
  verb.add_option("FILE", argument->file, "the backup; its words stand under AFTER")->required();
}

}  // namespace san
