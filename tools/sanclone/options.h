// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "copy/clone_checks.h"
#include "copy/copy_options.h"
#include "copy/engine/delta.h"
#include "copy/offload/offload_choice.h"
#include "iscsi/session/reserver.h"
#include "tool.h"

namespace san {

/// The command line of sanclone.
struct CloneOptions {
  CommonOptions common;
  std::string source;
  std::vector<std::string> destinations;
  copy::CopyOptions copy;
  std::string verify, zero = "prove", block, rate, force, freeze, map, delta = "auto", on_read_error = "fail",
                      bad_map, offload = "auto", reserve = "auto", stream = "raw";  ///< as typed
  std::optional<unsigned> retries;  ///< of an unreadable range, which then becomes zeros; nothing: an error
  std::optional<std::chrono::seconds> freeze_limit;  ///< nothing if nothing is to be frozen
  copy::DeltaMode delta_mode = copy::DeltaMode::automatic;
  copy::OffloadMode offload_mode = copy::OffloadMode::automatic;
  iscsi::ReserveMode reserve_mode = iscsi::ReserveMode::automatic;
  unsigned sessions = 0, depth = 0;
  bool used_only = false, dry_run = false, compare = false, fresh = false;
  bool fit_gpt = true, must_fit_gpt = false, grow_last = false, new_ids = false, sector_convert = false;
  bool raw = false, allow_backing = false;
  copy::Overrides overrides;
};

/// Adds the options to `app`.
void add_options(CLI::App& app, CloneOptions& o);
/// Converts the options that are stored as text. Throws Error(usage) for values and combinations that make no
/// sense, Error(refused) if a destination is the source.
void finish_options(CloneOptions& o);

}  // namespace san
