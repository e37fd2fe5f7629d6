// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/shell_command.h"
#include "target/driver/target_software.h"

namespace san::target {

/// Returns the target's name for commands and configuration files; NAME if it has characters that RFC 3722
/// does not allow.
PlainName target_word(const FixedLun& lun);

/// Returns a comment that explains NAME, if it is used.
FixLines explain_name(const FixedLun& lun);

/// Returns "NAME VALUE" for "NAME=VALUE", as configuration files have it.
std::string as_setting(const std::string& parameter);

}  // namespace san::target
