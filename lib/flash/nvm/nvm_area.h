// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "flash/finding.h"
#include "flash/nvm/iscsi_block.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// A part of an image that has a purpose.
struct NvmArea {
  std::string name;         ///< "iSCSI block", "VPD"
  std::size_t pointer = 0;  ///< the word that points to it; 0 for the base words and the LAN sections
  std::size_t start = 0;    ///< its first word
  std::size_t words = 0;    ///< 0 where its size is not known
  std::string problem;      ///< why it cannot be followed; empty where it is good
};

/// Base words, LAN sections, sections of a 10 GbE NIC, iSCSI block, VPD, alternate MAC addresses, PXE VLAN
/// block, part number. What is absent is not in it. Pointers are followed only within the image, and what
/// they lead to is believed only with its signature.
std::vector<NvmArea> nvm_areas(const NvmImage& image, const NvmFamily& family);

/// Areas that lie upon each other, and pointers that lead astray.
std::vector<Finding> check_areas(const std::vector<NvmArea>& areas);

/// The name of the area that lies upon words `start` to `start + words`, other than that of `pointer`; empty
/// where there is none.
std::string area_upon(const std::vector<NvmArea>& areas, std::size_t start, std::size_t words,
                      std::size_t pointer);

/// The part number of the board, "E12345-003"; empty where there is none.
std::string board_number(const NvmImage& image, const NvmFamily& family);

/// VLAN tag that the PXE boot agent uses on a port (from 1), and whether there is a block with one.
struct PxeVlan {
  bool present = false;
  unsigned priority = 0, id = 0;
};
PxeVlan pxe_vlan(const NvmImage& image, const NvmFamily& family, unsigned port);

}  // namespace san::flash
