// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::flash {

enum class Severity {
  error,    ///< a checksum, signature or pointer is wrong, or the content is unusable
  warning,  ///< unusual or incomplete content
};

/// A problem of a flash that its owner should know.
struct Finding {
  Severity severity = Severity::error;
  std::string where;  ///< "word 0x3D", "port 1"
  std::string text;   ///< a clause without a final full stop
};

}  // namespace san::flash
