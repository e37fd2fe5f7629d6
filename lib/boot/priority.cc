// SPDX-License-Identifier: Apache-2.0
#include "boot/priority.h"

namespace san::boot {

const char* to_string(Priority priority) {
  switch (priority) {
    case Priority::primary:
      return "primary";
    case Priority::secondary:
      return "secondary";
    case Priority::pxe:
      return "pxe";
    case Priority::disabled:
      break;
  }
  return "disabled";
}

}  // namespace san::boot
