// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "copy/clone_checks.h"
#include "core/error.h"
#include "core/text/table.h"
#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"
#include "measure/probe/finding.h"
#include "measure/probe/zero_trial.h"

namespace san {

/// What a probe of a LUN found.
struct ProbeResult {
  std::string url;
  std::uint64_t size = 0;
  std::uint32_t block = 0;
  bool thin = false;
  std::string product;  ///< vendor, product and revision, safe to print
  std::vector<Finding> findings;
  std::optional<ZeroTrial> zeros;  ///< nothing where it came to no end
  std::string no_zeros;            ///< and why
  bool cleaned = false;            ///< what was written over is zeros again
};

/// Bytes read and written so far, for a progress bar.
using ProbeProgress = std::function<void(std::uint64_t)>;

/// Tries whether a scratch LUN does what it declares; its content is lost, and zeros are left in its place
/// where that can be done. Some hundred MiB are moved; it ends within minutes whatever the target does.
/// Throws Error(refused) where the LUN holds something (check_scratch()) or another host has reserved it, and
/// what iscsi::Connection, iscsi::inspect() and probe_layout() throw.
ProbeResult probe_lun(const iscsi::Url& url, const iscsi::Credentials& credentials,
                      const Overrides& overrides, const ProbeProgress& moved);

/// What the result comes to.
Exit exit_code(const ProbeResult& result);

/// For people, at most 80 columns wide; `color`: with ANSI colours.
Printable to_text(const ProbeResult& result, bool color);
Json to_json(const ProbeResult& result);

}  // namespace san
