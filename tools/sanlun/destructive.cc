// SPDX-License-Identifier: Apache-2.0
#include "destructive.h"

#include <CLI/CLI.hpp>

namespace san {

void add_destruction(CLI::App& verb, Destruction& destruction, const std::string& help) {
  verb.add_flag("--destroy", destruction.destroy, help);
  verb.add_option("--force", destruction.force, "override a refusal, by its name: unknown-content")
      ->type_name("REASON");
}

copy::Overrides check_destruction(const Destruction& destruction, const std::string& device,
                                  const std::string& why) {
  if (!destruction.destroy) throw Error(Exit::usage, device, why, "say --destroy if it is a scratch LUN");
  if (destruction.force.empty()) return {};
  if (destruction.force != "unknown-content")
    throw Error(Exit::usage, "--force",
                "\"" + destruction.force + "\" is not a reason that can be overridden",
                "the only reason here is unknown-content");
  return copy::parse_overrides(destruction.force);
}

}  // namespace san
