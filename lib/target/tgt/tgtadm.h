// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace san::target {

/// The program tgtadm, through which the tgtd of this machine (or of $TGT_IPC_SOCKET) takes its orders.
class Tgtadm {
 public:
  /// `control_port` tells one tgtd from others, as its own option -C does.
  explicit Tgtadm(std::uint16_t control_port) : control_port_(control_port) {}

  /// Runs it with `arguments` and returns what it prints. Throws Error(failed) about `object` with its own
  /// words, and where it does not end within 30 seconds.
  std::string run(const std::string& object, const std::vector<std::string>& arguments) const;

 private:
  std::uint16_t control_port_;
};

}  // namespace san::target
