// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/table.h"
#include "flash/nvm/nvm_flash.h"

namespace san::report {

/// Returns the boot words of every port of the family; for an unknown family those of port 1, which all NICs
/// have.
Json port_words_json(const flash::NvmView& view);
/// Returns the boot words of port_words_json() as a table for the user.
Table port_words_table(const flash::NvmView& view);

}  // namespace san::report
