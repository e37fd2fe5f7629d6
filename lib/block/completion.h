// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Runs `work` and completes with success, or with the Error that it throws.
template <typename Work>
void complete_with(Completion done, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    done(&error);
    return;
  }
  done(nullptr);
}

}  // namespace san
