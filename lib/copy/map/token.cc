// SPDX-License-Identifier: Apache-2.0
#include "copy/map/token.h"

#include "core/fill_random.h"

namespace san::copy {

Token Token::random() {
  Token token;
  fill_random(std::as_writable_bytes(std::span(token.bytes)));
  return token;
}

}  // namespace san::copy
