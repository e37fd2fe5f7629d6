// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "target/driver/driver.h"
#include "target/lio/configfs.h"

namespace san::target {

/// A backstore of LIO, which holds a volume: core/fileio_3/host1-5f0c2a77. targetcli calls it a "storage
/// object".
struct Backstore {
  std::string path;  ///< relative to the root of configfs
  std::string kind;  ///< "fileio", "iblock" or a kind that sanlun does not make
  std::string name;  ///< "host1-5f0c2a77"
};

/// Returns all backstores, in LIO's order.
std::vector<Backstore> backstores(const Configfs& configfs);
/// Returns the backstore at the destination `absolute` of a LUN's link; nothing if that is not a backstore.
std::optional<Backstore> backstore_at(const Configfs& configfs, const std::string& absolute);
/// Returns the backstore of the file or device `path`; nothing if there is none.
std::optional<Backstore> backstore_of(const Configfs& configfs, const std::string& path);

/// Returns the volume of a backstore. Its size is 0 if neither LIO nor the device gives it.
AttachedLun volume_of(const Configfs& configfs, const Backstore& backstore);

/// Returns the serial number of a volume: a UUID computed from the target's name and the volume's path, so
/// that the LUN has the same NAA identifier whenever it is made again, and differs from those of other
/// machines. LIO's NAA identifier contains the first 25 of its digits (spc_parse_naa_6h_vendor_specific() in
/// target_core_spc.c).
std::string unit_serial(const std::string& target, const std::string& path);

/// Makes a backstore for a volume. A file is opened for synchronous writes (O_DSYNC, no write cache), so that
/// every acknowledged write survives a power cut of this machine: an initiator that keeps running would never
/// write the lost blocks again. Throws Error(failed) for a volume that does not exist, is in use or does not
/// match `volume`.
Backstore add_backstore(Configfs& configfs, const std::string& target, const TargetVolume& volume);

/// Removes a backstore that no LUN uses any more; keeps one that is in use.
void release_backstore(Configfs& configfs, const Backstore& backstore);

/// Removes the unused backstores that add_backstore() has made for `target`, such as those of a killed
/// process: all whose file or device is known, and the one for `path` even if it is not.
void release_unused(Configfs& configfs, const std::string& target, const std::string& path = {});

}  // namespace san::target
