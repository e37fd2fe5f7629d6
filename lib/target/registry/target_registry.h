// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "target/driver/target_software.h"

namespace san::target {

/// Recognises the software of a LUN by its INQUIRY data; null if it is not known.
const TargetSoftware* find_software(const iscsi::Inquiry& inquiry);

/// Returns the LUN in the terms of the software that the INQUIRY data show.
FixedLun fixed_lun(const iscsi::Inquiry& inquiry, const std::vector<iscsi::Designator>& designators,
                   const std::string& target, std::uint16_t lun);

/// Returns the names of the drivers: "tgt", "lio".
std::vector<std::string> driver_names();

/// Makes the driver. Throws Error(usage) for an unknown name. The target software is not contacted yet.
std::unique_ptr<Driver> make_driver(const DriverOptions& options);

}  // namespace san::target
