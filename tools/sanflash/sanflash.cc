// SPDX-License-Identifier: Apache-2.0
// sanflash: iSCSI boot settings in the flash of NICs and in firmware.
#include "verbs.h"

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  CLI::App app("Reads and writes the iSCSI boot settings in the flash of NICs and in firmware.", "sanflash");
  san::CommonOptions common;
  san::Verbs verbs(app);
  san::add_common_options(app, common);
  san::add_list(verbs, common);
  san::add_show(verbs, common);
  san::add_set(verbs, common);
  san::add_priority(verbs, common);
  san::add_backup(verbs, common);
  san::add_restore(verbs, common);
  san::add_diff(verbs, common);
  san::add_verify(verbs, common);
  san::add_reset(verbs, common);
  san::add_export(verbs, common);
  san::add_rom(verbs, common);
  return san::run_tool(app, argc, argv, common, [&verbs] { return verbs.run(); });
}
