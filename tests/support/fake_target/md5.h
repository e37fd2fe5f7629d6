// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace fake {

/// The 16 bytes of the MD5 digest (RFC 1321), which CHAP of iSCSI is built upon.
std::string md5(const std::string& message);

}  // namespace fake
