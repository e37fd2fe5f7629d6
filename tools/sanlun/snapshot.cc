// SPDX-License-Identifier: Apache-2.0
// sanlun snapshot, sanlun rollback
#include "target/snapshot.h"
#include "core/text/table.h"
#include "output.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "target/pool/volume_size.h"
#include "target_options.h"
#include "verbs.h"

namespace san {
namespace {

struct SnapshotOptions {
  TargetOptions target;
  std::string snapshot;
  bool remove = false;
};

Exit print_list(const CommonOptions& common, const SnapshotOptions& options) {
  const target::Pool pool(options.target.pool);
  const auto snapshots = pool.snapshots(options.target.name);
  if (const std::string volume = pool.volume(options.target.name);
      snapshots.empty() && !target::volume_size(volume).exists)
    throw Error(Exit::failed, volume, "there is no such volume", "the pool is named by --pool");
  Table table({{"name", "SNAPSHOT"}, {"size", "SIZE", Table::Align::right}, {"path", "PATH"}});
  for (const target::Snapshot& snapshot : snapshots)
    table.add({snapshot.name, Bytes{snapshot.size}, snapshot.path});
  if (common.json)
    print_json({{"name", options.target.name}, {"snapshots", table.json()}});
  else
    print_text(table.empty() ? SourceText("no snapshots\n") : table.text());
  return Exit::ok;
}

Exit snapshot(const CommonOptions& common, const SnapshotOptions& options) {
  const auto& [name, driver_options, directory] = options.target;
  const target::Pool pool(directory);
  target::check_volume_name(name);
  if (options.snapshot.empty()) {
    if (options.remove) throw Error(Exit::usage, "--remove", "needs the name of a snapshot");
    return print_list(common, options);
  }
  const ReportFields fields = {
      {"name", name}, {"driver", driver_options.name}, {"snapshot", options.snapshot}};
  if (options.remove)
    return print_report(common, target::remove_snapshot(pool, name, options.snapshot), fields);
  const auto driver = target::make_driver(driver_options);
  Progress progress(make_progress_sink(common.progress));
  return print_report(common, target::take_snapshot(*driver, pool, name, options.snapshot, progress), fields);
}

Exit rollback(const CommonOptions& common, const SnapshotOptions& options) {
  const auto driver = target::make_driver(options.target.driver);
  Progress progress(make_progress_sink(common.progress));
  const target::Changes report = target::roll_back(*driver, target::Pool(options.target.pool),
                                                   options.target.name, options.snapshot, progress);
  return print_report(common, report,
                      {{"name", options.target.name},
                       {"driver", std::string(driver->name())},
                       {"snapshot", options.snapshot}});
}

}  // namespace

void add_snapshot(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<SnapshotOptions>();
  CLI::App& verb = verbs.add("snapshot", "keep what a volume holds now, or list what was kept",
                             [&common, options] { return snapshot(common, *options); });
  add_target_options(verb, options->target);
  verb.add_option("SNAPSHOT", options->snapshot, "its name; without one the snapshots are listed");
  verb.add_flag("--remove", options->remove, "remove the snapshot");
}

void add_rollback(Verbs& verbs, CommonOptions& common) {
  const auto options = std::make_shared<SnapshotOptions>();
  CLI::App& verb = verbs.add("rollback", "put what a snapshot holds back into the volume",
                             [&common, options] { return rollback(common, *options); });
  add_target_options(verb, options->target);
  verb.add_option("SNAPSHOT", options->snapshot, "its name")->required();
}

}  // namespace san
