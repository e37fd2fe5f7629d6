// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
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

/// Fields of a report's document, in their order. `monostate` is null.
using ReportValue = std::variant<std::monostate, std::string, std::uint64_t, std::vector<std::string>,
                                 std::map<std::string, std::string>>;
using ReportFields = std::vector<std::pair<std::string, ReportValue>>;

/// Prints the actions of a report, or that nothing had to be done; with --json, `fields` and {"changed": …,
/// "actions": […]}. Returns Exit::ok.
Exit print_report(const CommonOptions& common, const target::Changes& report, const ReportFields& fields);

}  // namespace san
