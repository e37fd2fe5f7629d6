// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json.h"
#include "core/text/printable.h"
#include "flash/nvm/nvm_flash.h"

namespace san::report {

/// Returns all that is known about the content of an NVM, with secrets masked. `name` is the device's.
Json nvm_json(const std::string& name, const flash::NvmView& view);
Printable nvm_text(const std::string& name, const flash::NvmView& view);

}  // namespace san::report
