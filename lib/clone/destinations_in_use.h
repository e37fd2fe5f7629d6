// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "block/device.h"

namespace san {

/// The destinations that a clone of this process writes, for as long as it lives: two at once onto one LUN
/// would take each other's marks and reservation for their own, since these name the process. Other processes
/// are kept away by locks, reservations and marks.
class DestinationsInUse {
 public:
  /// Claims the devices. Throws Error(refused) that names the first one that another clone writes.
  explicit DestinationsInUse(const std::vector<Device*>& devices);
  ~DestinationsInUse();
  DestinationsInUse(const DestinationsInUse&) = delete;
  DestinationsInUse& operator=(const DestinationsInUse&) = delete;

 private:
  std::vector<std::string> claimed_;
};

}  // namespace san
