// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "block/device.h"
#include "clone/clone_run.h"
#include "copy/stream/input_stream.h"

namespace san {

/// Checks the values of a request, and which of them exclude each other, before anything is opened but the
/// boot profiles that it names. Throws Error(usage), and Error(refused) if a destination is the source, or a
/// file that is written is needed otherwise.
void check_request(const CloneRun& run);

/// Throws Error(usage) for what cannot be had with devices of this kind. `input` is null for a source that is
/// a Device.
void check_abilities(const CloneRequest& request, const copy::InputStream* input,
                     const std::vector<Device*>& destinations);

}  // namespace san
