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
  std::string object;  ///< what the user typed, "nic:eth0"
  NicInterface nic;
  std::shared_ptr<Ethtool> ethtool;
};

/// What was read, and the magic that a write needs.
struct LiveImage {
  NvmImage image;
  std::uint32_t magic = 0;
};

/// All that the driver shows. Throws Error(failed), with what to do where that is known.
LiveImage read_live(const LiveNvm& nvm);

/// Words that stand together and are written together.
struct WordRun {
  std::size_t first = 0, count = 0;
};

/// The words that differ, in the order in which they are to be written: the iSCSI block, then what nothing at
/// boot depends on, then the base words with their pointers, the boot words of the ports last. A machine that
/// loses its power meanwhile boots as before, or without the new settings. Checksums are not among them.
/// `family` may be null.
std::vector<WordRun> write_order(const NvmImage& before, const NvmImage& after, const NvmFamily* family);

/// Writes `after` over `before`, which is what was read. Each run of words is read back before the next is
/// written, since there are drivers and devices that take a write and ignore it; in the end everything is
/// read and compared. The driver is left to mend the checksum; where it does not, that is written, too.
/// `magic` is what read_live() gave.
///
/// Throws Error(failed) where nothing was written (also if the NVM is no longer `before`), Error(refused)
/// where the magic is not that of the PCI device (out-of-tree drivers of igb and ixgbe take another one for
/// the command to update), PartlyWritten that names the words otherwise. Signals wait until it is done.
void write_live(const LiveNvm& nvm, std::uint32_t magic, const NvmImage& before, const NvmImage& after,
                const NvmFamily* family);

}  // namespace san::flash
