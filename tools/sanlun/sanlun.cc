// SPDX-License-Identifier: Apache-2.0
// sanlun: discovers, inspects, measures and provisions the LUNs of iSCSI targets.
#include "verbs.h"

#include <CLI/CLI.hpp>

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  CLI::App app("Discovers, inspects, measures and provisions the LUNs of iSCSI targets.", "sanlun");
  san::CommonOptions common;
  san::Verbs verbs(app);
  san::add_common_options(app, common);
  san::add_discover(verbs, common);
  san::add_list(verbs, common);
  san::add_show(verbs, common);
  san::add_map(verbs, common);
  san::add_bench(verbs, common);
  san::add_probe(verbs, common);
  san::add_create(verbs, common);
  san::add_delete(verbs, common);
  san::add_attach(verbs, common);
  san::add_detach(verbs, common);
  san::add_allow(verbs, common);
  san::add_tune(verbs, common);
  san::add_snapshot(verbs, common);
  san::add_rollback(verbs, common);
  return san::run_tool(app, argc, argv, common, [&verbs] { return verbs.run(); });
}
