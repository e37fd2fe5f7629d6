// SPDX-License-Identifier: Apache-2.0
#include "core/secret.h"

#include <strings.h>
#include <sys/prctl.h>

#include <cstring>

namespace san {

void Secret::wipe(std::string& text) noexcept {
  // A short text is stored in the string object itself and stays there after a move. Resizing to the capacity
  // does not allocate.
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

void Secret::guard() const noexcept {
  if (!empty()) prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace san
