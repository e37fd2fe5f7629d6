// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/hint.h"

namespace san::flash {

/// Advises to allow what no document confirms (NvmOptions::unverified), so as to `purpose`: "write it
/// nevertheless"; or to do `otherwise`, if that is not empty.
Hint unverified_hint(const std::string& purpose, std::string otherwise = {});

}  // namespace san::flash
