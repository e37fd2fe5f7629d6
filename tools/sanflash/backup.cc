// SPDX-License-Identifier: Apache-2.0
// sanflash backup
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "device_argument.h"
#include "nic/flash_file.h"
#include "verbs.h"

namespace san {

void add_backup(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    DeviceArgument device;
    std::string file;
  };
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb = verbs.add("backup", "the whole flash into a new file", [&common, argument] {
    const auto content = open_flash(argument->device)->backup();
    nic::write_backup(argument->file, content);
    if (common.json)
      print_json(
          {{"device", argument->device.device}, {"backup", argument->file}, {"bytes", content.size()}});
    else if (!common.quiet)
      print_text(fmt::format("{}: {} bytes\n", printable(argument->file), content.size()));
    return Exit::ok;
  });
  add_device(verb, argument->device);
  verb.add_option("FILE", argument->file, "the file, which only its owner will be able to read")->required();
}

}  // namespace san
