// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san::os {

/// A program for UEFI, as far as its headers tell (Microsoft's "PE Format"; UEFI 2.10, 2.1.1).
struct EfiImage {
  /// For which processors. 0x8664 x86-64, 0x014C IA-32, 0xAA64 AArch64: UEFI 2.10, 2.1.1.
  std::uint16_t machine = 0;
  bool application = false;    ///< subsystem 10, which firmware starts from a boot option
  bool has_signature = false;  ///< there is a certificate table; nobody has verified it
  std::string fault;           ///< why it cannot be loaded: "is cut short"; empty where nothing is wrong
  bool shim = false;  ///< Red Hat's shim, which starts a grubx64.efi (or its like) of its own directory
};

/// Nothing where `file` does not begin as such a program does.
std::optional<EfiImage> parse_efi_image(std::span<const std::byte> file);

/// "x86-64", "machine type 0x1234".
std::string machine_name(std::uint16_t machine);

}  // namespace san::os
