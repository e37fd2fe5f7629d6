// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "tool.h"

namespace san {

/// The option --timeout of the verbs that only read: the time after which they give up, even if the target
/// does not answer.
class TimeLimit {
 public:
  void add_to(CLI::App& verb);
  std::chrono::steady_clock::time_point until() const {
    return std::chrono::steady_clock::now() + std::chrono::seconds(seconds_);
  }

 private:
  int seconds_ = 8;
};

}  // namespace san
