// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Runs `work`, which throws Error where it fails, and completes with what came of it.
template <typename Work>
void complete_with(const Completion& done, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    done(&error);
    return;
  }
  done(nullptr);
}

}  // namespace san
