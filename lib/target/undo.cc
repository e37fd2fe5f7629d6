// SPDX-License-Identifier: Apache-2.0
#include "target/undo.h"

#include <exception>

#include "core/log.h"

namespace san::target {

Undo::~Undo() {
  while (!steps_.empty()) {
    try {
      steps_.back()();
    } catch (const std::exception& error) {
      log::warning("a step could not be taken back: {}", error.what());
    }
    steps_.pop_back();
  }
}

}  // namespace san::target
