// SPDX-License-Identifier: Apache-2.0
#include "core/md5.h"

#include <doctest/doctest.h>

#include <cstdio>

namespace {

std::string hex_of(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    text += two;
  }
  return text;
}

}  // namespace

TEST_CASE("MD5: the test suite of RFC 1321, A.5") {
  CHECK(hex_of(san::md5("")) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex_of(san::md5("a")) == "0cc175b9c0f1b6a831c399e269772661");
  CHECK(hex_of(san::md5("message digest")) == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(
      hex_of(san::md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890")) ==
      "57edf4a22be3c955ac49da2e2107b67a");
}
