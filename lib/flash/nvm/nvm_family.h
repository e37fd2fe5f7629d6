// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// Checksum rule of an NVM: the words that it covers, with that in word 0x3F, add up to 0xBABA.
struct ChecksumRule {
  /// Words from 0x00 that it covers; 0x40 unless it has pointers; 0 for one-time programmable memory without
  /// one.
  std::uint8_t words = 0x40;
  // The checksum counts only if this bit is set; otherwise the driver repairs it. 0 for "always".
  std::uint8_t valid_word = 0;
  std::uint16_t valid_bit = 0;
  bool lan_sections = false;  ///< three more sections have checksums of their own: 0x80, 0xC0, 0x100
  // Those three count only if this bit is set. 0 for "always".
  std::uint8_t lan_word = 0;
  std::uint16_t lan_bit = 0;
  // Covers the sections that words from `first_pointer` to 0x0E point to, too. 0 for "no pointers".
  std::uint8_t first_pointer = 0;
  bool strict = false;  ///< covers pointers 0x04 and 0x05, and the driver checks no pointer
  bool fixed = false;   ///< the sections of pointers 0x06 to 0x08 have no length word
};

/// Place of the bit that hides the option ROM of a port.
enum class RomPlace {
  none,          ///< no document names it
  control3,      ///< word 0x24, initialization control 3
  control3_two,  ///< word 0x24, port 2: word 0x14
  lan_sections,  ///< word 0x24 of the section of each port
  pci_sections,  ///< word 2 of the sections that words 0x07 and 0x08 point to
};

/// Encoding of the field "protocol select" of the main setup words (bits 2:0).
enum class ProtocolSelect {
  pxe_rpl,    ///< bits 1:0: PXE and RPL; other values are not defined (8254x software manual, table 5-15)
  two_bit,    ///< bits 1:0: PXE, RPL, iSCSI primary, iSCSI secondary (ICH8 NVM guide, 1.4.23)
  three_bit,  ///< PXE, disabled, iSCSI primary, iSCSI secondary, FCoE (X550 datasheet, 6.2.2.49)
};

/// A family of Intel NICs: its PCI ids, and the layout of its NVM by word offsets; 0 if no document names the
/// word.
struct NvmFamily {
  std::string_view name;
  std::array<std::uint16_t, 40> devices{};  ///< PCI device ids; the rest is 0
  ChecksumRule checksum = {};
  ProtocolSelect protocol = ProtocolSelect::two_bit;
  unsigned ports = 1;             ///< number of ports whose boot words are known
  unsigned sure_ports = 1;        ///< number of ports whose boot words a datasheet names
  std::uint8_t iscsi = 0;         ///< word that points to the iSCSI block
  std::uint8_t vlan = 0;          ///< word that points to the PXE VLAN block
  std::uint8_t pba = 0x08;        ///< first of the two words of the board's part number
  std::uint8_t validity = 0;      ///< word whose bits 15:14 must be 01b for the hardware to load the NVM
  std::uint8_t etrack = 0;        ///< first of the two words of the image's identifier
  RomPlace rom = RomPlace::none;  ///< bit that hides the option ROM
  unsigned rom_ports = 0;         ///< number of ports that have such a bit
  bool documented_block = false;  ///< the layout of the iSCSI block is in this family's own datasheet
  bool ten_gigabit = false;       ///< words 0x00 to 0x0F are pointers, not addresses and identifiers
  bool read_only = false;         ///< cannot be written, or has no boot words
};

/// Returns the family called `name` ("82576", "I350"), in either case. Throws Error(usage) that lists all.
const NvmFamily& find_family(std::string_view name);

/// Returns the family of a PCI device id of Intel's; null if it is not in the tables.
const NvmFamily* family_of_device(std::uint16_t device);

/// Detects the family of an image by the device id in word 0x0D if that can be trusted: word 0x0E is Intel's
/// vendor id, or is empty and the checksum of the base words is right. Returns null otherwise; 10 GbE NICs
/// have no such word.
const NvmFamily* detect_family(const NvmImage& image);

/// Guesses the family of an image that detect_family() does not know: one whose device id is in one of the
/// sections for PCI configuration of a 10 GbE NIC (pointers 0x06 to 0x08). Returns null if there is none.
/// Only a hint for the user, never a basis for writing: the word of the section that holds the id differs
/// between the families.
const NvmFamily* suspect_family(const NvmImage& image);

/// Returns the names of all families, for help texts: "8254x, 82571, …".
std::string family_names();

}  // namespace san::flash
