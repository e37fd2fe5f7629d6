// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace san::os {

/// Properties of a UEFI program, from its headers (Microsoft's "PE Format"; UEFI 2.10, 2.1.1).
struct EfiImage {
  /// Processor type: 0x8664 x86-64, 0x014C IA-32, 0xAA64 AArch64 (UEFI 2.10, 2.1.1).
  std::uint16_t machine = 0;
  bool application = false;    ///< subsystem 10, which firmware starts from a boot option
  bool has_signature = false;  ///< has a certificate table, which is not verified here
  std::string fault;           ///< reason why it cannot be loaded: "is cut short"; empty if there is none
  bool shim = false;  ///< Red Hat's shim, which starts a grubx64.efi (or equivalent) of its own directory
};

/// Parses the headers of `file`. Returns nothing if it does not begin like a PE program.
std::optional<EfiImage> parse_efi_image(std::span<const std::byte> file);

/// Returns the name of a processor type: "x86-64", "machine type 0x1234".
std::string machine_name(std::uint16_t machine);

}  // namespace san::os
