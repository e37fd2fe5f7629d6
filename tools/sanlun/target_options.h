// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "target/create.h"
#include "target/pool/pool.h"
#include "target/registry/target_registry.h"
#include "tool.h"

namespace san {

/// Options common to the verbs that change a target of this machine.
struct TargetOptions {
  std::string name;  ///< NAME of a volume, or a target's iSCSI name
  target::DriverOptions driver;
  std::string pool = target::Pool::kDirectory;
};

/// Adds the argument NAME and the options --driver, --config, --control-port and --pool.
void add_target_options(CLI::App& verb, TargetOptions& options);

/// Adds --initiator (an initiator that may log in; repeatable), --chap, --mutual-chap and --secret-dir.
void add_access_options(CLI::App& verb, target::AccessRequest& access);

/// Prints the actions of a report, or that nothing had to be done; with --json, `fields` and {"changed": …,
/// "actions": […]}. Returns Exit::ok.
Exit print_report(const CommonOptions& common, const target::Report& report, Json fields);

}  // namespace san
