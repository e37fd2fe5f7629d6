// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "boot/profile/login_options.h"
#include "core/error.h"
#include "core/process/progress.h"

namespace CLI {
class App;
}

namespace san {

/// Options common to all tools.
struct CommonOptions {
  bool json = false;
  ProgressMode progress = ProgressMode::automatic;
  int verbose = 0;
  bool quiet = false;
  std::string color = "auto";
  boot::LoginOptions login;  ///< with the file of --profile
};

/// Adds those options to `app`.
void add_common_options(CLI::App& app, CommonOptions& options);

/// Runs a tool: parses, applies the common options, runs `work`, and turns exceptions into one line on stderr
/// (with --json: one document on stdout) and an exit code. Suggests the nearest option for an unknown one.
int run_tool(CLI::App& app, int argc, char** argv, CommonOptions& options, const std::function<Exit()>& work);

/// Subcommands of a tool ("sanlun show").
class Verbs {
 public:
  /// Uses `app`, which must outlive this.
  explicit Verbs(CLI::App& app) : app_(app) {}

  /// Adds a subcommand and returns it, so that the caller can add options and arguments; run() calls `work`
  /// if it was given.
  CLI::App& add(const std::string& name, const std::string& description, std::function<Exit()> work);

  /// Runs the selected subcommand.
  Exit run() const;

 private:
  CLI::App& app_;
  std::map<std::string, std::function<Exit()>> works_;
};

}  // namespace san
