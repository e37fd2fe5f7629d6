// SPDX-License-Identifier: Apache-2.0
// sanflash priority
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>

#include "change_command.h"
#include "verbs.h"

namespace san {

void add_priority(Verbs& verbs, CommonOptions& common) {
  struct Argument {
    ChangeArgument change;
    std::optional<unsigned> port;
    std::string choice;
  };
  static const std::map<std::string, boot::Priority> choices{{"primary", boot::Priority::primary},
                                                             {"secondary", boot::Priority::secondary},
                                                             {"pxe", boot::Priority::pxe},
                                                             {"disabled", boot::Priority::disabled}};
  const auto argument = std::make_shared<Argument>();
  CLI::App& verb = verbs.add("priority", "what a port does when the machine starts", [&common, argument] {
    const boot::Priority choice = choices.at(argument->choice);
    check_all(argument->change, argument->port.has_value(), choice);
    return change_flash(common, argument->change, [&](flash::FlashDevice& flash) {
      return flash.choose(choice, argument->port.value_or(flash.own_port().value_or(1)));
    });
  });
  add_change(verb, argument->change);
  verb.add_option("CHOICE", argument->choice, "primary or secondary (iSCSI), pxe, or disabled")
      ->required()
      ->check(CLI::IsMember({"primary", "secondary", "pxe", "disabled"}));
  verb.add_option("--port", argument->port,
                  "port of the NIC, from 1; by default that of the interface, else 1")
      ->check(CLI::Range(1U, 256U))
      ->type_name("N");
}

}  // namespace san
