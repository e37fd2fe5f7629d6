// SPDX-License-Identifier: Apache-2.0
#include "clone/source_watch.h"

#include <fmt/core.h>

#include <string>

#include "core/hint_id.h"
#include "core/units.h"
#include "open/open_device.h"

namespace san {

SourceWatch::SourceWatch(const CloneRequest& request, CloneSource& source)
    : request_(request), source_(source) {
  if (source.freeze().holds()) return;
  if (!is_any_url(request.source)) watch_.emplace(request.source == "-" ? "/dev/stdin" : request.source);
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
  if (!request_.force.live)
    throw Error(
        Exit::no, source_.device().name(), cause,
        request_.map.empty()
            ? Hint(HintId::freeze_next_time, "the clone is not complete: clone from a snapshot")
            : Hint(HintId::freeze_next_time,
                   "the clone is not complete: run the same command again, or clone from a snapshot"));
  warn_of_overridden({"live", source_.device().name(), cause});
}

}  // namespace san
