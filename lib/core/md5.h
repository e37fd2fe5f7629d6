// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// The 16 bytes of the MD5 digest (RFC 1321), which CHAP of iSCSI is built upon (RFC 7143, 12.1.3). It
/// protects nothing else.
std::string md5(const std::string& message);

}  // namespace san
