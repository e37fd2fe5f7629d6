// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// One checksum of an image.
struct NvmChecksum {
  std::string name;      ///< what it guards: "base words", "LAN 1"
  std::size_t word = 0;  ///< where it stands
  std::uint16_t stored = 0;
  std::optional<std::uint16_t> expected;  ///< none where it cannot be computed
  std::string problem;                    ///< why it cannot be computed
  bool checked = true;                    ///< whether drivers look at it; otherwise they repair it themselves

  bool good() const { return expected == stored; }
};

/// A part of a 10 GbE NVM that one of the words 0x02 to 0x0E points to.
struct NvmSection {
  std::size_t pointer = 0;  ///< the word that points to it
  std::size_t start = 0;    ///< first word of the section; the word with its length where it has one
  std::size_t words = 0;    ///< including the length word
  std::size_t summed = 0;   ///< first word that the checksum covers
};

/// The sections that the checksum of a 10 GbE NVM covers (DPDK, ixgbe_calc_eeprom_checksum_generic and its
/// kin). `problem` is set where one reaches past the end, and left alone otherwise.
std::vector<NvmSection> nvm_sections(const NvmImage& image, const NvmFamily& family, std::string& problem);

/// First words of the sections of 64 words that have a checksum of their own: 0, and for NICs with four LAN
/// sections 0x80, 0xC0 and 0x100 (DPDK, NVM_82580_LAN_FUNC_OFFSET).
std::vector<std::size_t> lan_sections(const NvmImage& image, const NvmFamily& family);

/// Every checksum of the image, by the rule of its family. The iSCSI block is covered by none.
std::vector<NvmChecksum> nvm_checksums(const NvmImage& image, const NvmFamily& family);

/// Makes right those checksums that were good in `before`, or all with `repair`. Returns the names of those
/// that it had to leave wrong.
std::vector<std::string> update_checksums(NvmImage& image, const NvmFamily& family,
                                          const std::vector<NvmChecksum>& before, bool repair);

}  // namespace san::flash
