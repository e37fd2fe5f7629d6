// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/boot_secret.h"

#include <doctest/doctest.h>

using namespace san::iscsi;

TEST_CASE("a secret to boot with has 12 to 16 bytes") {
  for (std::size_t bytes = 0; bytes < 20; ++bytes) {
    CAPTURE(bytes);
    const bool right = bytes >= 12 && bytes <= 16;
    const auto fault = boot_secret_fault(std::string(bytes, 'x'));
    CHECK(fault.has_value() != right);
    if (fault) CHECK(fault == SecretFault::length);
  }
}

TEST_CASE("the secrets of both directions differ") {
  CHECK(boot_secret_fault("twelve-bytes", "twelve-bytes") == SecretFault::reflected);
  CHECK(boot_secret_fault("short", "short") == SecretFault::reflected);
  CHECK_FALSE(boot_secret_fault("twelve-bytes", "twelve-Bytes"));
  CHECK(boot_secret_fault("short", "twelve-bytes") == SecretFault::length);
  CHECK(boot_secret_fault("", "") == SecretFault::length);
}
