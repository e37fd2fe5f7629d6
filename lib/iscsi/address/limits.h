// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace san::iscsi {

// Limits of what names, numbers and secrets of iSCSI may be.

inline constexpr std::size_t kMaxNameBytes = 223;  // RFC 7143, 4.2.7.1

/// Largest LUN: a flat space address has 14 bits (SAM-5, 4.7.5), the widest that all stages of booting
/// accept.
inline constexpr std::uint16_t kMaxLun = 16383;

inline constexpr std::uint16_t kDefaultPort = 3260;  // RFC 7143, 15 (IANA)
inline constexpr std::uint16_t kMaxPort = 65535;

/// Largest CHAP name or secret in bytes (RFC 7143, 6.1); libiscsi 1.19 silently cuts off what is longer.
inline constexpr std::size_t kMaxChapText = 255;

/// Bytes of a secret to boot with: at least 96 bits (RFC 7143, 9.2.1), and no more than UEFI, Intel's option
/// ROMs and Windows take.
inline constexpr std::size_t kMinBootSecret = 12, kMaxBootSecret = 16;

}  // namespace san::iscsi
