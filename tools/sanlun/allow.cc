// SPDX-License-Identifier: Apache-2.0
// sanlun allow
#include <CLI/CLI.hpp>
#include <memory>

#include "target/edit.h"
#include "target_options.h"
#include "verbs.h"

namespace san {

void add_allow(Verbs& verbs, CommonOptions& common) {
  struct Options {
    TargetOptions target;
    target::AllowRequest request;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& verb = verbs.add("allow", "let initiators log in to a target", [&common, options] {
    const auto driver = target::make_driver(options->target.driver);
    const target::Changes report =
        target::allow(*driver, target::Pool(options->target.pool), options->target.name, options->request);
    return print_report(common, report,
                        {{"name", options->target.name}, {"driver", std::string(driver->name())}});
  });
  add_target_options(verb, options->target);
  add_access_options(verb, options->request.access);
  verb.add_flag("--only", options->request.only, "let in those initiators and no others")
      ->needs("--initiator")
      ->group("Access");
  verb.add_flag("--no-chap", options->request.no_chap, "ask for CHAP no more")
      ->excludes("--chap")
      ->excludes("--mutual-chap")
      ->group("Access");
}

}  // namespace san
