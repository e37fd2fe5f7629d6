// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace san::target {

/// The program tgtadm, which controls the tgtd of this machine (or of $TGT_IPC_SOCKET).
class Tgtadm {
 public:
  /// `control_port` selects one of several tgtd processes, like the option -C of tgtadm.
  explicit Tgtadm(std::uint16_t control_port) : control_port_(control_port) {}

  /// Runs tgtadm with `arguments` and returns its output. Throws Error(failed) about `object` with tgtadm's
  /// message, and if it does not end within 30 seconds.
  std::string run(const std::string& object, const std::vector<std::string>& arguments) const;

 private:
  std::uint16_t control_port_;
};

}  // namespace san::target
