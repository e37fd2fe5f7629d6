// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/uefi/variable_store.h"

namespace san::report {

/// Returns the iSCSI settings and the boot order in a variable store, with secrets masked.
Json uefi_json(const flash::VariableStore& store);
Printable uefi_text(const flash::VariableStore& store);

}  // namespace san::report
