// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/flash_device.h"

namespace san::report {

/// Returns all that is known about the content, with secrets masked.
Printable flash_text(const flash::FlashDevice& device);
Json flash_json(const flash::FlashDevice& device);

}  // namespace san::report
