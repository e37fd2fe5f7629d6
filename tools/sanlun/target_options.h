// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "target/create.h"
#include "target/make_driver.h"
#include "target/pool/pool.h"
#include "tool.h"

namespace san {

/// What the verbs that change a target of this machine have in common.
struct TargetOptions {
  std::string name;  ///< NAME: of a volume, or a target's iSCSI name
  target::DriverOptions driver;
  std::string pool = target::Pool::kDirectory;
};

/// Adds the argument NAME and the options --driver, --config, --control-port and --pool.
void add_target_options(CLI::App& verb, TargetOptions& options);

/// Adds --initiator (who may log in, any number of times), --chap, --mutual-chap and --secret-dir.
void add_access_options(CLI::App& verb, target::AccessRequest& access);

/// Prints what was done, or that there was nothing to do; with --json {"changed": …, "actions": […]} behind
/// `fields`. Returns Exit::ok.
Exit print_report(const CommonOptions& common, const target::Report& report, Json fields);

}  // namespace san
