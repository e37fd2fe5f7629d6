// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "copy/clone_checks.h"
#include "core/error.h"
#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"
#include "measure/probe/finding.h"
#include "measure/probe/zero_trial.h"

namespace san::measure {

/// Result of the probe of a LUN.
struct ProbeResult {
  std::string url;
  std::uint64_t size = 0;   ///< bytes
  std::uint32_t block = 0;  ///< bytes of a logical block
  bool thin = false;
  std::string product;  ///< vendor, product and revision, safe to print
  std::vector<FeatureFinding> findings;
  std::optional<ZeroTrial> zeros;  ///< empty if that trial did not complete
  std::string no_zeros;            ///< the reason for that
  bool cleaned = false;            ///< the written ranges are zeros again
};

/// Receives the bytes read and written since the last call, for a progress bar.
using ProbeProgress = std::function<void(std::uint64_t)>;

/// Tests if a scratch LUN does what it declares. Its content is lost; afterwards it holds zeros if that is
/// possible. Some hundred MiB are moved; it ends within minutes whatever the target does. Throws
/// Error(refused) if the LUN is not empty (check_scratch()) or another host has reserved it, and what
/// iscsi::Connection, iscsi::query_lun() and probe_layout() throw.
ProbeResult probe_lun(const iscsi::Url& url, const iscsi::Credentials& credentials,
                      const copy::Overrides& overrides, const ProbeProgress& moved);

/// Returns the exit code for the conclusion.
Exit exit_code(const ProbeResult& result);

}  // namespace san::measure
