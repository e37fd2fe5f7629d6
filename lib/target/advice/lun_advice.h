// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "iscsi/lun/lun_report.h"

namespace san::iscsi {

/// What an administrator should know about a LUN, and do.
struct Advice {
  enum class Level { danger, slow, note };
  Level level = Level::note;
  std::string id;                   ///< for scripts: "small_segments"
  std::string text;                 ///< what is so, and what comes of it
  std::vector<std::string> remedy;  ///< lines to type, or to write; none where nothing can be done
  std::string where;                ///< what the lines are for: "on the target, now"
};

const char* level_name(Advice::Level level);

/// Everything that is slow or dangerous about the LUN, the worst first. Only what is known is judged.
std::vector<Advice> advise(const LunReport& card);

}  // namespace san::iscsi
