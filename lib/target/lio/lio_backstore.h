// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/lio/configfs.h"

namespace san::target {

/// A volume as LIO knows it: core/fileio_3/host1-5f0c2a77, a "storage object" in the words of targetcli.
struct Backstore {
  std::string path;  ///< below the root of configfs
  std::string kind;  ///< "fileio", "iblock" or another that is not ours
  std::string name;  ///< "host1-5f0c2a77"
};

/// All of them, in LIO's order.
std::vector<Backstore> backstores(const Configfs& configfs);
/// That which a link of a LUN points to; nothing where it points elsewhere.
std::optional<Backstore> backstore_at(const Configfs& configfs, const std::string& absolute);
/// That which holds the file or device `path`.
std::optional<Backstore> backstore_of(const Configfs& configfs, const std::string& path);

/// What the volume is. Its size is 0 where neither LIO nor the device tells it.
AttachedLun volume_of(const Configfs& configfs, const Backstore& backstore);

/// The serial number of a volume: a UUID made of the target's name and the volume's path, so that the LUN has
/// the same NAA identifier whenever it is made again, and no target of another machine has it. LIO's NAA
/// identifier has the first 25 of its digits in it (spc_parse_naa_6h_vendor_specific() in target_core_spc.c).
std::string unit_serial(const std::string& target, const std::string& path);

/// Makes a volume known to LIO. A file is opened for synchronous writes (O_DSYNC, no write cache), so that
/// what an initiator has been told is written survives a power cut of this machine while the initiator goes
/// on: nothing would make it write the lost blocks again. Throws Error(failed) for a volume that does not
/// exist, is in use or cannot be what `volume` says.
Backstore add_backstore(Configfs& configfs, const std::string& target, const Volume& volume);

/// Forgets a volume that no LUN uses any more; leaves one alone that is in use.
void release_backstore(Configfs& configfs, const Backstore& backstore);

/// The same for those that add_backstore() has made for `target` and that no LUN uses, as a killed process
/// leaves them: all that know their file or device and, also without that, the one for `path`.
void release_unused(Configfs& configfs, const std::string& target, const std::string& path = {});

}  // namespace san::target
