// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "flash/live/ethtool.h"
#include "flash/live/nic_interface.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// The NVM of a NIC behind the ethtool ioctls.
struct LiveNvm {
  std::string object;  ///< name that the user typed, "nic:eth0"
  NicInterface nic;
  std::shared_ptr<Ethtool> ethtool;
};

/// Image that was read, and the magic that a write needs.
struct LiveImage {
  NvmImage image;
  std::uint32_t magic = 0;
};

/// Reads the whole NVM that the driver exposes. Throws Error(failed), with a next step if one is known.
LiveImage read_live(const LiveNvm& nvm);

/// Contiguous words that are written together.
struct WordRun {
  std::size_t first = 0, count = 0;
};

/// Returns the words that differ, in the order of writing: the iSCSI block, then words that booting does not
/// depend on, then the base words with their pointers, the boot words of the ports last. A machine that loses
/// power meanwhile boots as before, or without the new settings. Checksums are left out. `family` may be
/// null.
std::vector<WordRun> write_order(const NvmImage& before, const NvmImage& after, const NvmFamily* family);

/// Writes `after` over `before`, the image that was read. Each run of words is read back before the next is
/// written, because some drivers and devices accept a write and ignore it; at the end everything is read and
/// compared. Updating the checksum is left to the driver; if it does not, the checksum is written too.
/// `magic` is that of read_live().
///
/// Throws Error(failed) if nothing was written (also if the NVM is no longer `before`), Error(refused) if the
/// magic is not that of the PCI device (out-of-tree drivers of igb and ixgbe use another one for the command
/// to update), otherwise PartlyWritten that names the words. Signals are deferred until it is done.
void write_live(const LiveNvm& nvm, std::uint32_t magic, const NvmImage& before, const NvmImage& after,
                const NvmFamily* family);

}  // namespace san::flash
