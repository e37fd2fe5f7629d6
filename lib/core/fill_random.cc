// SPDX-License-Identifier: Apache-2.0
#include "core/fill_random.h"

#include <sys/random.h>

#include <cerrno>

#include "core/error.h"

namespace san {

void fill_random(std::span<std::byte> into) {
  while (!into.empty()) {
    const ssize_t got = getrandom(into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("random numbers", "get them from the system", errno);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace san
