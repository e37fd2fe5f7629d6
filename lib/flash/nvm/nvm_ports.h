// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/text/table.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {

/// Boot words of every port of the family; of an unknown family those of port 1, which all have.
Json port_words_json(const NvmView& view);
/// The same as a table for people.
Table port_words_table(const NvmView& view);

/// The iSCSI block: where it is, in which order addresses stand, head and records. Secrets are only told to
/// be there.
Json block_json(const NvmView& view);
Printable block_text(const NvmView& view);

}  // namespace san::flash
