// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::flash {

enum class Severity {
  error,    ///< a checksum, signature or pointer is wrong, or what stands there cannot be used
  warning,  ///< unusual, or incomplete
};

/// Something about a flash that its owner should know.
struct Finding {
  Severity severity = Severity::error;
  std::string where;  ///< "word 0x3D", "port 1"
  std::string text;   ///< a clause without a final full stop
};

}  // namespace san::flash
