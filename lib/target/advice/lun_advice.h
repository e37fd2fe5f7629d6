// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/lun/lun_report.h"

namespace san::iscsi {

/// One recommendation about a LUN to an administrator.
struct Advice {
  enum class Level { danger, slow, note };
  Level level = Level::note;
  std::string id;                   ///< for scripts: "small_segments"
  std::string text;                 ///< the condition and its consequence
  std::vector<std::string> remedy;  ///< lines to type or to put into a file; empty if there is no remedy
  std::string where;                ///< host and time for the lines: "on the target, now"
};

const char* level_name(Advice::Level level);

/// Returns everything that is slow or dangerous about the LUN, the worst first. Properties that are not known
/// are not judged.
std::vector<Advice> advise(const LunReport& report);

}  // namespace san::iscsi
