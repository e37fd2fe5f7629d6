// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "clone/clone_run.h"
#include "tool.h"

namespace san {

/// The command line of sanclone.
struct CloneOptions {
  CommonOptions common;
  CloneRequest request = {.verify = CloneRequest::Verify::none};
  std::string verify, zero, block, rate, force, freeze, delta, on_read_error = "fail", offload, reserve,
                                                               stream = "raw";  ///< as typed
  bool dry_run = false, compare = false;

  /// Returns the run of these options.
  CloneRun run() const;
};

/// Adds the options to `app`.
void add_options(CLI::App& app, CloneOptions& o);
/// Converts the options that are stored as text, and checks them all. Throws Error(usage) for values and
/// combinations that make no sense, Error(refused) if a destination is the source.
void finish_options(CloneOptions& o);

}  // namespace san
