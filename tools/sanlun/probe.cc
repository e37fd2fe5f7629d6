// SPDX-License-Identifier: Apache-2.0
// sanlun probe
#include "measure/probe/probe.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/text/terminal.h"
#include "destructive.h"
#include "lun_argument.h"
#include "output.h"
#include "report/measure/probe_report.h"
#include "verbs.h"

namespace san {
namespace {

struct ProbeOptions {
  std::string url;
  Destruction destruction;
};

Exit run_probe(const CommonOptions& common, ProbeOptions o) {
  o.url = device_argument(common, o.url);
  const LunArgument lun = lun_argument(common, o.url);
  const copy::Overrides overrides = check_destruction(
      o.destruction, o.url, "a probe writes all over the LUN, and everything on it is lost");
  Progress progress(make_progress_sink(common.progress));
  progress.begin("probe", std::nullopt);
  const measure::ProbeResult result = measure::probe_lun(
      lun.url, lun.credentials, overrides, [&progress](std::uint64_t bytes) { progress.add(bytes); });
  progress.end();
  if (common.json)
    print_json(report::to_json(result));
  else if (!common.quiet)
    print_text(report::to_text(result, canvas_of_stdout(common.color).color));
  return measure::exit_code(result);
}

}  // namespace

void add_probe(Verbs& verbs, CommonOptions& common) {
  const auto o = std::make_shared<ProbeOptions>();
  CLI::App& verb = verbs.add("probe", "whether a scratch LUN does what it declares",
                             [&common, o] { return run_probe(common, *o); });
  verb.add_option("URL", o->url, "a LUN whose content may be lost");
  add_destruction(verb, o->destruction, "yes, the content of this LUN may be lost");
}

}  // namespace san
