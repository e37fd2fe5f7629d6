// SPDX-License-Identifier: Apache-2.0
#include "source_watch.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "open/open_device.h"
#include "overridden.h"

namespace san {

SourceWatch::SourceWatch(const CloneOptions& o, Source& source) : options_(o), source_(source) {
  if (source.freeze().holds()) return;
  if (!is_any_url(o.source)) watch_.emplace(o.source == "-" ? "/dev/stdin" : o.source);
  if (source.rescue() == nullptr) sampled_.emplace(source.device());
}

void SourceWatch::check() {
  if (changed_) return;
  std::string trace = watch_ ? watch_->trace() : "";
  if (trace.empty() && sampled_)
    if (const auto place = sampled_->changed())
      trace = fmt::format("{} is not what it was", format_range(*place));
  if (trace.empty()) return;
  changed_ = true;
  const std::string cause = "changed while it was read: " + trace;
  if (!options_.overrides.live)
    throw Error(Exit::no, source_.device().name(), cause,
                fmt::format("the clone is not complete: {}clone from a snapshot, or use --freeze",
                            options_.map.empty() ? "" : "run the same command again, or "));
  warn_of_overridden({"live", source_.device().name(), cause});
}

Json SourceWatch::json() const {
  return watch_ || sampled_ ? Json(changed_) : Json(nullptr);
}

}  // namespace san
