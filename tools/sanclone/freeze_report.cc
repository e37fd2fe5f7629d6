// SPDX-License-Identifier: Apache-2.0
#include "freeze_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text/table.h"

namespace san {

Json freeze_json(const std::optional<FrozenSource>& frozen) {
  if (!frozen) return nullptr;
  const double seconds = frozen->seconds.value_or(0);
  return {{"mounts", frozen->mount_points},
          {"seconds", static_cast<double>(std::llround(seconds * 1000)) / 1000}};
}

Printable freeze_text(const std::optional<FrozenSource>& frozen) {
  if (!frozen) return {};
  if (frozen->mount_points.empty()) return {"nothing is mounted read-write, and nothing was frozen\n"};
  const Printable all = joined(frozen->mount_points, ", ");
  return frozen->seconds ? format_text("frozen for {:.1f} s: {}\n", *frozen->seconds, all)
                         : format_text("would be frozen: {}\n", all);
}

}  // namespace san
