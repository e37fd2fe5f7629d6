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
  std::string name;      ///< the part that it protects: "base words", "LAN 1"
  std::size_t word = 0;  ///< the word that holds it
  std::uint16_t stored = 0;
  std::optional<std::uint16_t> expected;  ///< empty if it cannot be computed
  std::string problem;                    ///< reason why it cannot be computed
  bool checked = true;                    ///< true if drivers verify it; otherwise they repair it themselves

  bool good() const { return expected == stored; }
};

/// A part of a 10 GbE NVM that one of the words 0x02 to 0x0E points to.
struct NvmSection {
  std::size_t pointer = 0;  ///< the word that points to it
  std::size_t start = 0;    ///< first word of the section: the length word if it has one
  std::size_t words = 0;    ///< including the length word
  std::size_t summed = 0;   ///< first word that the checksum covers
};

/// Returns the sections that the checksum of a 10 GbE NVM covers (DPDK, ixgbe_calc_eeprom_checksum_generic
/// and its variants). Sets `problem` if one extends past the end; otherwise leaves it unchanged.
std::vector<NvmSection> nvm_sections(const NvmImage& image, const NvmFamily& family, std::string& problem);

/// Returns the first words of the sections of 64 words that have a checksum of their own: 0, and for NICs
/// with four LAN sections 0x80, 0xC0 and 0x100 (DPDK, NVM_82580_LAN_FUNC_OFFSET).
std::vector<std::size_t> lan_sections(const NvmImage& image, const NvmFamily& family);

/// Returns every checksum of the image, by the rule of its family. None covers the iSCSI block.
std::vector<NvmChecksum> nvm_checksums(const NvmImage& image, const NvmFamily& family);

/// Corrects the checksums that were good in `before`, or all with `repair`. Returns the names of those that
/// are still wrong.
std::vector<std::string> update_checksums(NvmImage& image, const NvmFamily& family,
                                          const std::vector<NvmChecksum>& before, bool repair);

}  // namespace san::flash
