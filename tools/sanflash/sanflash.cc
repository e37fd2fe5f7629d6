// SPDX-License-Identifier: Apache-2.0
// sanflash: iSCSI boot settings in the flash of NICs and in firmware.
#include "iscsiutl.h"

#include <CLI/CLI.hpp>
#include "verbs.h"

namespace {

int run_sanflash(int argc, char** argv) {
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

int run_line(std::vector<std::string> line) {
  line.insert(line.begin(), "sanflash");
  std::vector<char*> argv;
  for (std::string& word : line) argv.push_back(word.data());
  argv.push_back(nullptr);
  return run_sanflash(static_cast<int>(line.size()), argv.data());
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  if (argc > 0 && san::is_iscsiutl(argv[0])) return san::run_iscsiutl(argc, argv, run_line);
  return run_sanflash(argc, argv);
}
