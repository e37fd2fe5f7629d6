// SPDX-License-Identifier: Apache-2.0
// sanclone: clones a disk or an image onto an iSCSI LUN, and back.
#include "commands.h"

#include <CLI/CLI.hpp>

// NOLINTNEXTLINE(bugprone-exception-escape): nothing but a wrong definition of options could throw here
int main(int argc, char** argv) {
  CLI::App app("Clones a disk or an image onto an iSCSI LUN, and back.", "sanclone");
  san::CloneOptions options;
  san::add_options(app, options);
  return san::run_tool(app, argc, argv, options.common, [&options] {
    san::finish_options(options);
    if (options.compare) return san::compare_command(options);
    if (options.dry_run) return san::dry_run_command(options);
    return san::clone_command(options);
  });
}
