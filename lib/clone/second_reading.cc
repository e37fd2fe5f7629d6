// SPDX-License-Identifier: Apache-2.0
#include "clone/second_reading.h"

#include "block/null_device.h"
#include "clone/clone_source.h"
#include "core/units.h"
#include "open/open_device.h"

namespace san {

std::optional<Error> second_reading(const CloneRun& run, const copy::CopyResult& first, Progress& progress) {
  if (!is_lun(run.request.source) || run.request.verify != CloneRequest::Verify::full || !first.hashed)
    return std::nullopt;
  CloneSource source(run);
  NullDevice nowhere("second reading of " + source.device().name(),
                     round_up(source.device().size(), source.device().limits().logical_block));
  copy::CopyOptions options = run.copy_options();
  options.verify = copy::VerifyMode::none;
  options.zero = copy::ZeroPolicy::skip;
  options.wipe_rest = false;
  const copy::CopyResult second = copy::Copier(&source.device(), {&nowhere}, options, progress).run();
  if (second.hash == first.hash) return std::nullopt;
  return Error(
      Exit::no, source.device().name(), "gives other data when it is read a second time, by another session",
      "do not use the clone; make sure that nobody writes to the LUN, look at the network, and clone again");
}

}  // namespace san
