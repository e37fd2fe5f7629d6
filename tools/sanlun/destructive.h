// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "copy/clone_checks.h"
#include "tool.h"

namespace san {

/// The options that permit the destruction of a LUN.
struct Destruction {
  bool destroy = false;
  std::string force;
};

/// Adds --destroy and --force to a verb.
void add_destruction(CLI::App& verb, Destruction& destruction, const std::string& help);

/// Checks --destroy and returns the reasons that --force overrides. `why` is the loss that the error
/// describes. Throws Error(usage) without --destroy, and for an unknown reason.
copy::Overrides check_destruction(const Destruction& destruction, const std::string& device,
                                  const std::string& why);

}  // namespace san
