// SPDX-License-Identifier: Apache-2.0
// sanlun delete
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "target/destroy.h"
#include "target_options.h"
#include "verbs.h"

namespace san {
namespace {

struct DeleteOptions {
  TargetOptions target;
  std::string confirmation;
};

Exit run(const CommonOptions& common, const DeleteOptions& options) {
  const std::string& name = options.target.name;
  const auto driver = target::make_driver(options.target.driver);
  const target::Pool pool(options.target.pool);
  if (options.confirmation != name) {
    std::string lost;
    for (const std::string& line : target::what_is_lost(*driver, pool, name))
      lost += (lost.empty() ? "" : ", ") + line;
    throw Error(Exit::refused, name,
                lost.empty() ? "there is nothing of this name" : fmt::format("this would be lost: {}", lost),
                lost.empty() ? "" : fmt::format("if you mean it: --yes-destroy {}", name));
  }
  return print_report(common, target::destroy(*driver, pool, name),
                      {{"name", name}, {"driver", std::string(driver->name())}});
}

}  // namespace

void add_delete(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<DeleteOptions>();
  CLI::App& verb = verbs.add("delete", "take away a target with its volume, for good",
                             [&common, options] { return run(common, *options); });
  add_target_options(verb, options->target);
  verb.add_option("--yes-destroy", options->confirmation, "NAME again: its data are destroyed")
      ->type_name("NAME");
}

}  // namespace san
