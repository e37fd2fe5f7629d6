// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "target/driver/driver.h"

namespace san::target {

/// Which target of this machine takes the orders, and where it keeps what it has been told.
struct DriverOptions {
  std::string name = "tgt";  ///< "tgt", "lio"
  /// tgt: the directory of its *.conf files; lio: its saveconfig.json; empty for the usual place.
  std::string config;
  std::uint16_t control_port = 0;  ///< tgt: number of the tgtd that is meant (tgtd -C); 0 is the first
};

/// Throws Error(usage) for a name that is not a driver's. Nothing is done to the target yet.
std::unique_ptr<Driver> make_driver(const DriverOptions& options);

}  // namespace san::target
