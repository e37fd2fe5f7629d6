// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/nvm/nvm_flash.h"

namespace san::report {

/// Returns the iSCSI block: its location, the byte order of addresses, header and records. Of secrets only
/// their presence is shown.
Json block_json(const flash::NvmView& view);
Printable block_text(const flash::NvmView& view);

}  // namespace san::report
