// SPDX-License-Identifier: Apache-2.0
#include "target/make_driver.h"

#include "core/error.h"
#include "target/lio/lio_driver.h"
#include "target/tgt/tgt_driver.h"

namespace san::target {

std::unique_ptr<Driver> make_driver(const DriverOptions& options) {
  if (options.name == "tgt")
    return std::make_unique<TgtDriver>(options.config.empty() ? TgtDriver::kConfig : options.config,
                                       options.control_port);
  if (options.name == "lio") return make_lio_driver(options.config);
  throw Error(Exit::usage, setting("driver") + " " + options.name, "there is no such driver",
              "the drivers are: tgt, lio");
}

}  // namespace san::target
