// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace san::iscsi {

/// Rule that a secret to boot with breaks.
enum class SecretFault {
  reflected,  ///< equal to that of the other direction: whoever knows one could answer with it (RFC
              ///< 7143, 9.2.1)
  length,     ///< not kMinBootSecret to kMaxBootSecret bytes
};

/// Returns the rule that `secret` breaks beside `other`, the secret of the other direction (empty for none);
/// nothing if it breaks none.
std::optional<SecretFault> boot_secret_fault(std::string_view secret, std::string_view other = {});

/// Reads a secret that a machine is to boot with, like read_secret(). Also throws Error(usage) unless it has
/// kMinBootSecret to kMaxBootSecret bytes.
Secret read_boot_secret(const std::string& path);

}  // namespace san::iscsi
