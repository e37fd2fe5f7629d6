// SPDX-License-Identifier: Apache-2.0
#include "overridden.h"

#include "core/process/log.h"

namespace san {

void warn_of_overridden(const copy::Overridden& overridden) {
  log::warning("{}: {}; going on because of --force={}{}", overridden.object, overridden.cause,
               overridden.reason,
               overridden.reason == "cut-source" ? ", with the partition table as it is" : "");
}

}  // namespace san
