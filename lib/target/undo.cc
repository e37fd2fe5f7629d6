// SPDX-License-Identifier: Apache-2.0
#include "target/undo.h"

#include <exception>

#include "core/process/log.h"

namespace san::target {

Undo::~Undo() {
  bool all = true;
  const auto attempt = [&all](const std::function<void()>& step) {
    try {
      step();
    } catch (const std::exception& error) {
      all = false;
      log::warning("a step could not be undone: {}", error.what());
    }
  };
  for (; !steps_.empty(); steps_.pop_back()) attempt(steps_.back());
  if (all && last_) attempt(last_);
}

}  // namespace san::target
