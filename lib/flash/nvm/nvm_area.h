// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// A part of an image that has a purpose.
struct NvmArea {
  std::string name;         ///< "iSCSI block", "VPD"
  std::size_t pointer = 0;  ///< the word that points to it; 0 for the base words and the LAN sections
  std::size_t start = 0;    ///< its first word
  std::size_t words = 0;    ///< 0 if its size is not known
  std::string problem;      ///< reason why it cannot be followed; empty if it is good
};

/// Lists the areas of an image: base words, LAN sections, sections of a 10 GbE NIC, iSCSI block, VPD,
/// alternate MAC addresses, PXE VLAN block, part number; absent ones are left out. Pointers are followed only
/// within the image, and an area with a signature is accepted only if that is right.
std::vector<NvmArea> nvm_areas(const NvmImage& image, const NvmFamily& family);

/// Reports areas that overlap, and pointers to wrong locations.
Diagnostics check_areas(const std::vector<NvmArea>& areas);

/// Returns the name of an area that overlaps `words` words from `start` on, other than that of `pointer`;
/// empty if there is none.
std::string area_upon(const std::vector<NvmArea>& areas, std::size_t start, std::size_t words,
                      std::size_t pointer);

/// Returns the part number of the board, "E12345-003"; empty if there is none.
std::string board_number(const NvmImage& image, const NvmFamily& family);

/// VLAN tag that the PXE boot agent uses on a port (from 1); `present` is false if there is no block with
/// one.
struct PxeVlan {
  bool present = false;
  unsigned priority = 0, id = 0;
};
PxeVlan pxe_vlan(const NvmImage& image, const NvmFamily& family, unsigned port);

}  // namespace san::flash
