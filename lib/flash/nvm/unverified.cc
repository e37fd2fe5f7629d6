// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/unverified.h"

#include "core/hint_id.h"

namespace san::flash {

Hint unverified_hint(const std::string& purpose, std::string otherwise) {
  if (!otherwise.empty()) otherwise += ", or ";
  return {
      HintId::unverified, otherwise + "allow what no document confirms, to " + purpose, {otherwise, purpose}};
}

}  // namespace san::flash
