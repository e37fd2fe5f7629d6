// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/boot_secret.h"

#include <fmt/core.h>

#include "core/error.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/credentials.h"

namespace san::iscsi {

std::optional<SecretFault> boot_secret_fault(std::string_view secret, std::string_view other) {
  if (!other.empty() && secret == other) return SecretFault::reflected;
  if (secret.size() < kMinBootSecret || secret.size() > kMaxBootSecret) return SecretFault::length;
  return std::nullopt;
}

Secret read_boot_secret(const std::string& path) {
  Secret secret = read_secret(path);
  if (boot_secret_fault(secret))
    throw Error(
        Exit::usage, path,
        fmt::format("holds a CHAP secret of {} bytes, and one to boot with has {} to {}", secret.size(),
                    kMinBootSecret, kMaxBootSecret),
        fmt::format("RFC 7143 (9.2.1) asks for {}, and firmware takes {}", kMinBootSecret, kMaxBootSecret));
  return secret;
}

}  // namespace san::iscsi
