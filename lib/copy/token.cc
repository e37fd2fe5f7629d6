// SPDX-License-Identifier: Apache-2.0
#include "copy/token.h"

#include <sys/random.h>

#include <cerrno>

#include "core/error.h"

namespace san {

Token Token::random() {
  Token token;
  if (getrandom(token.bytes.data(), token.bytes.size(), 0) != static_cast<ssize_t>(token.bytes.size()))
    throw system_error("random numbers", "get them from the kernel", errno);
  return token;
}

}  // namespace san
