// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "copy/clone_checks.h"
#include "tool.h"

namespace san {

/// What a user says who lets a LUN be destroyed.
struct Destruction {
  bool destroy = false;
  std::string force;
};

/// Adds --destroy and --force to a verb.
void add_destruction(CLI::App& verb, Destruction& destruction, const std::string& help);

/// Throws Error(usage) unless the user said --destroy; `why` is what would be lost. What may be overridden.
Overrides check_destruction(const Destruction& destruction, const std::string& device,
                            const std::string& why);

/// Whether stdout takes colours: --color, else whether it is a terminal.
bool wants_color(const CommonOptions& common);

}  // namespace san
