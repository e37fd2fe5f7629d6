// SPDX-License-Identifier: Apache-2.0
// sanflash backup
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>

#include "answer.h"
#include "device_argument.h"
#include "flash/flash_file.h"
#include "verbs.h"

namespace san {

void add_backup(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    DeviceArgument device;
    std::string file;
  };
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb = verbs.add("backup", "the whole flash into a new file", [&common, argument] {
    const bool all = is_all(argument->device);
    if (all && !std::filesystem::is_directory(argument->file))
      throw Error(Exit::usage, argument->file, "is not a directory",
                  "with all, there is a file IFACE.nvm for each NIC");
    return answer_each(common, argument->device, [&](const DeviceArgument& device) {
      const std::string file =
          all ? fmt::format("{}/{}.nvm", argument->file, device.device.substr(4)) : argument->file;
      const auto content = open_flash(device)->backup();
      flash::write_backup(file, content);
      return Answer{Exit::ok,
                    {{"device", device.device}, {"backup", file}, {"bytes", content.size()}},
                    common.quiet ? Printable() : format_text("{}: {} bytes\n", file, content.size())};
    });
  });
  add_device(verb, argument->device);
  verb.add_option("FILE", argument->file,
                  "the file, which only its owner will be able to read; with all, a directory for them")
      ->required();
}

}  // namespace san
