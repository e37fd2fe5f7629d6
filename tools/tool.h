// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "core/error.h"
#include "core/process/progress.h"
#include "core/text/output.h"
#include "core/text/table.h"
#include "iscsi/login/credentials.h"

namespace san {

/// What every tool understands, whatever else it does.
struct CommonOptions {
  bool json = false;
  ProgressMode progress = ProgressMode::automatic;
  int verbose = 0;
  bool quiet = false;
  std::string color = "auto";
  std::string profile;        ///< --profile: a boot profile, empty for none
  iscsi::LoginOptions login;  ///< with what that profile says
};

/// Adds those options to `app`.
void add_common_options(CLI::App& app, CommonOptions& options);

/// The frame of a main(): parses, applies the common options, runs `work`, and turns whatever is thrown into
/// one line on stderr (with --json: one document on stdout) and an exit code. A wrong option is answered by
/// the nearest right one.
int run_tool(CLI::App& app, int argc, char** argv, CommonOptions& options, const std::function<Exit()>& work);

/// The verbs of a tool that has some ("sanlun show").
class Verbs {
 public:
  /// `app` lives as long as this.
  explicit Verbs(CLI::App& app) : app_(app) {}

  /// A verb, to which its options and arguments are added by the caller; `work` is done where it was typed.
  CLI::App& add(const std::string& name, const std::string& description, std::function<Exit()> work);

  /// Does what the verb that was typed stands for.
  Exit run() const;

 private:
  CLI::App& app_;
  std::map<std::string, std::function<Exit()>> works_;
};

/// Prints a JSON document to stdout. Throws Error(failed) where that does not work: a script must not take
/// half a document.
void print_json(const Json& document);

/// {"object": …, "cause": …, "hint": …, "exit_code": …}
Json to_json(const Error& error);

}  // namespace san
