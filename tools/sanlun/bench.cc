// SPDX-License-Identifier: Apache-2.0
// sanlun bench
#include "measure/bench/bench.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/text/terminal.h"
#include "destructive.h"
#include "iscsi/device/lun_device.h"
#include "lun_argument.h"
#include "measure/probe/scratch.h"
#include "open/open_device.h"
#include "output.h"
#include "report/measure/bench_report.h"
#include "verbs.h"

namespace san {
namespace {

struct BenchCommand {
  std::string device;
  bool write = false;
  unsigned seconds = 25;
  Destruction destruction;
};

/// If the target does not answer, the measurement ends: later figures would be meaningless.
constexpr std::chrono::seconds kTimeout{10};

measure::BenchOptions bench_options(const CommonOptions& common, const BenchCommand& o) {
  measure::BenchOptions options;
  options.time = std::chrono::seconds(o.seconds);
  options.sessions = is_lun(o.device);
  if (options.sessions) {
    const LunArgument lun = lun_argument(common, o.device);
    const auto open = [lun](unsigned sessions, unsigned depth) {
      iscsi::LunOptions how;
      how.sessions = sessions;
      how.depth = depth;
      how.timing.timeout = kTimeout;
      return iscsi::open_lun(lun.url, lun.credentials, how);
    };
    options.open = open;
    if (o.write) options.open_for_writing = open;
  } else {
    OpenOptions how;
    how.login = common.login;
    how.force_in_use = !o.write;  // to read what is in use harms nobody
    options.open = [device = o.device, how](unsigned, unsigned) { return open_for_reading(device, how); };
    if (o.write)
      options.open_for_writing = [device = o.device, how](unsigned, unsigned) {
        return open_for_writing(device, how);
      };
  }
  return options;
}

Exit run_verb(const CommonOptions& common, BenchCommand o) {
  o.device = device_argument(common, o.device);
  check_argument(o.device, *common.login.profiles);
  copy::Overrides overrides;
  if (o.write)
    overrides =
        check_destruction(o.destruction, o.device,
                          "--write writes random data over the front of it, and what is there is lost");
  else if (o.destruction.destroy || !o.destruction.force.empty())
    throw Error(Exit::usage, o.destruction.destroy ? "--destroy" : "--force",
                "without --write nothing is destroyed", "add --write, or leave it out");
  const measure::BenchOptions options = bench_options(common, o);
  if (o.write) measure::check_scratch(*options.open_for_writing(1, 1), overrides);
  Progress progress(make_progress_sink(common.progress));
  const measure::BenchResult result = measure::run_bench(
      options, [&progress](const char* phase) { progress.begin(phase, std::nullopt); },
      [&progress](std::uint64_t bytes) { progress.add(bytes); });
  progress.end();
  if (common.json)
    print_json(report::to_json(result));
  else if (!common.quiet)
    print_text(report::to_text(result, canvas_of_stdout(common.color).color));
  return Exit::ok;
}

}  // namespace

void add_bench(Verbs& verbs, CommonOptions& common) {
  const auto o = std::make_shared<BenchCommand>();
  CLI::App& verb = verbs.add("bench", "how fast a LUN is, and with which settings",
                             [&common, o] { return run_verb(common, *o); });
  verb.add_option("DEVICE", o->device, "URL of a LUN, or any other device");
  verb.add_option("--seconds", o->seconds, "how long to measure, in all (default 25)")
      ->type_name("N")
      ->check(CLI::Range(1, 3600));
  verb.add_flag("--write", o->write, "measure writes as well; needs --destroy");
  add_destruction(verb, o->destruction, "yes, what is on this device may be lost");
}

}  // namespace san
