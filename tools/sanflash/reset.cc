// SPDX-License-Identifier: Apache-2.0
// sanflash reset
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "change_command.h"
#include "verbs.h"

namespace san {

void add_reset(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    ChangeArgument change;
    std::optional<unsigned> port;
  };
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb =
      verbs.add("reset", "boot words back to their defaults, and right checksums", [&common, argument] {
        check_all(argument->change, argument->port.has_value(), {});
        return change_flash(common, argument->change,
                            [&](flash::FlashDevice& flash) { return flash.reset(argument->port); });
      });
  add_change(verb, argument->change);
  verb.add_option("--port", argument->port, "only this port of the NIC, from 1")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N");
}

}  // namespace san
