// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {

/// Returns the iSCSI block: its location, the byte order of addresses, header and records. Of secrets only
/// their presence is shown.
Json block_json(const NvmView& view);
Printable block_text(const NvmView& view);

}  // namespace san::flash
