// SPDX-License-Identifier: Apache-2.0
#include "second_reading.h"

#include "block/null_device.h"
#include "core/units.h"
#include "devices.h"
#include "open/open_device.h"

namespace san {

std::optional<Error> second_reading(const CloneOptions& o, const copy::CopyResult& first,
                                    Progress& progress) {
  if (!is_lun(o.source) || o.copy.verify != copy::VerifyMode::full || !first.hashed) return std::nullopt;
  Source source(o);
  NullDevice nowhere("second reading of " + source.device().name(),
                     round_up(source.device().size(), source.device().limits().logical_block));
  copy::CopyOptions options = o.copy;
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
