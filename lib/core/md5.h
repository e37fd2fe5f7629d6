// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// Computes the MD5 digest (RFC 1321), 16 bytes, on which the CHAP of iSCSI is built (RFC 7143, 12.1.3). Not
/// for any other protection.
std::string md5(const std::string& message);

}  // namespace san
