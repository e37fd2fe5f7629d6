// SPDX-License-Identifier: Apache-2.0
// sanlun tune
#include <CLI/CLI.hpp>
#include <memory>

#include "core/text/table.h"
#include "target/edit.h"
#include "target_options.h"
#include "verbs.h"

namespace san {
namespace {

std::map<std::string, std::string> pairs(const std::vector<std::string>& settings) {
  std::map<std::string, std::string> result;
  for (const std::string& setting : settings) {
    const auto equal = setting.find('=');
    if (equal == std::string::npos || equal == 0 || equal + 1 == setting.size())
      throw Error(Exit::usage, "--set " + printable(setting), "is not of the form KEY=VALUE",
                  "for example --set MaxBurstLength=1048576");
    result[setting.substr(0, equal)] = setting.substr(equal + 1);
  }
  return result;
}

}  // namespace

void add_tune(Verbs& verbs, CommonOptions& common) {
  struct Options {
    TargetOptions target;
    std::vector<std::string> settings;
  };
  const auto options = std::make_shared<Options>();
  CLI::App& verb =
      verbs.add("tune", "set a target's parameters for bulk data, or those given", [&common, options] {
        const auto parameters = options->settings.empty() ? target::kTuning : pairs(options->settings);
        const auto driver = target::make_driver(options->target.driver);
        const target::Changes report =
            target::tune(*driver, target::Pool(options->target.pool), options->target.name, parameters);
        return print_report(common, report,
                            {{"name", options->target.name},
                             {"driver", std::string(driver->name())},
                             {"parameters", parameters}});
      });
  add_target_options(verb, options->target);
  verb.add_option("--set", options->settings, "a parameter by its name in RFC 7143; may be repeated")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
}

}  // namespace san
