// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "core/range.h"

namespace san::os {

/// A physical volume of LVM2 on a device.
struct LvmPhysical {
  std::uint64_t offset = 0;  ///< of the physical volume on the device, bytes
  std::uint64_t length = 0;
  std::string uuid;      ///< "0i6hYP-B0rz-B6vp-f3aZ-4Nih-J6yB-bX3CQM"
  std::string metadata;  ///< text that describes the volume group; empty if this volume holds none
  std::string fault;     ///< reason why metadata that should be here cannot be read
};

/// Reads the label, the header and the newest metadata text of the physical volume in [offset, offset +
/// length) of `device`. Returns nothing if there is no label. Throws Error(failed) if the device cannot be
/// read. Format: lvm2, lib/format_text/layout.h and lib/label/label.h.
std::optional<LvmPhysical> read_lvm_physical(ReadableDevice& device, std::uint64_t offset,
                                             std::uint64_t length);

struct LvmLogical {
  std::string group, name, uuid;
  std::uint64_t size = 0;  ///< bytes
  /// Ranges of the device that, in this order, make up the volume; empty if it cannot be read here, and
  /// why_none has the reason.
  std::vector<Range> segments;
  std::string why_none;  ///< "is of type raid1"
};

/// Returns the visible logical volumes of all groups whose physical volumes are `physical`, all of one
/// device. Metadata that cannot be parsed yields none.
std::vector<LvmLogical> lvm_logical_volumes(const std::vector<LvmPhysical>& physical);

/// Returns a read-only view of `segments` of `below`, in this order. `below` must outlive it. Logical block,
/// limits and identity are those of the device below.
std::shared_ptr<ReadableDevice> mapped_device(ReadableDevice& below, std::string name,
                                              std::vector<Range> segments);

}  // namespace san::os
