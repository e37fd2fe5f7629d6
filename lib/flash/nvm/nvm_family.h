// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// Checksum rule of an NVM's words.
enum class ChecksumRule {
  none,           ///< one-time programmable memory without a checksum (I211, I210 without flash)
  sum,            ///< words 0x00 to 0x3F add up to 0xBABA
  valid_19,       ///< rule `sum`, if word 0x19 bit 6 is set; otherwise the driver repairs it (82566 to 82579)
  valid_3,        ///< rule `sum`, if word 3 bit 0 is set (I217, I218, I219)
  sections_if_3,  ///< 82580: four sections with rule `sum` if word 3 bit 15 is set, else the first alone
  sections,       ///< I350: four sections with rule `sum`
  x82599,         ///< words 0x00 to 0x3E, and the sections that words 0x03 to 0x0E point to
  x540,           ///< rule `x82599`, without pointers 0x04 and 0x05
  x550,           ///< words 0x00 to 0x41; pointers 0x02 to 0x0E without 0x04 and 0x05
};

/// Encoding of the field "protocol select" of the main setup words (bits 2:0).
enum class ProtocolSelect {
  pxe_rpl,    ///< bits 1:0: PXE and RPL; other values are not defined (8254x software manual, table 5-15)
  two_bit,    ///< bits 1:0: PXE, RPL, iSCSI primary, iSCSI secondary (ICH8 NVM guide, 1.4.23)
  three_bit,  ///< PXE, disabled, iSCSI primary, iSCSI secondary, FCoE (X550 datasheet, 6.2.2.49)
};

/// Layout of the NVM of a family of Intel NICs, by word offsets; 0 if no document names the word.
struct NvmFamily {
  std::string_view name;
  ChecksumRule checksum = ChecksumRule::sum;
  ProtocolSelect protocol = ProtocolSelect::two_bit;
  unsigned ports = 1;             ///< number of ports whose boot words are known
  unsigned sure_ports = 1;        ///< number of ports whose boot words a datasheet names
  std::uint8_t iscsi = 0;         ///< word that points to the iSCSI block
  std::uint8_t vlan = 0;          ///< word that points to the PXE VLAN block
  std::uint8_t pba = 0;           ///< first of the two words of the board's part number
  std::uint8_t validity = 0;      ///< word whose bits 15:14 must be 01b for the hardware to load the NVM
  std::uint8_t etrack = 0;        ///< first of the two words of the image's identifier
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
