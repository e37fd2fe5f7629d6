// SPDX-License-Identifier: Apache-2.0
// sanlun detach
#include <CLI/CLI.hpp>
#include <memory>

#include "iscsi/address/limits.h"
#include "target/edit.h"
#include "target_options.h"
#include "verbs.h"

namespace san {

void add_detach(Verbs& verbs, CommonOptions& common) {
  struct Options {
    TargetOptions target;
    std::uint16_t lun = 0;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& verb = verbs.add("detach", "take a LUN off a target; its volume stays", [&common, options] {
    const auto driver = target::make_driver(options->target.driver);
    const target::Changes report =
        target::detach(*driver, target::Pool(options->target.pool), options->target.name, options->lun);
    return print_report(
        common, report,
        {{"name", options->target.name}, {"driver", std::string(driver->name())}, {"lun", options->lun}});
  });
  add_target_options(verb, options->target);
  verb.add_option("--lun", options->lun, "number of the LUN")
      ->check(CLI::Range(0, int{iscsi::kMaxLun}))
      ->type_name("N")
      ->required();
}

}  // namespace san
