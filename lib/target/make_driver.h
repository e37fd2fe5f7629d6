// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "target/driver/driver.h"

namespace san::target {

/// Selection of the target software, and location of its saved configuration.
struct DriverOptions {
  std::string name = "tgt";  ///< "tgt", "lio"
  /// tgt: directory of its *.conf files; lio: its saveconfig.json. Empty for the default location.
  std::string config;
  std::uint16_t control_port = 0;  ///< tgt: control port of the tgtd (tgtd -C); 0 is the first
};

/// Makes the driver. Throws Error(usage) for an unknown name. The target software is not contacted yet.
std::unique_ptr<Driver> make_driver(const DriverOptions& options);

}  // namespace san::target
