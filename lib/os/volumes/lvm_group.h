// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "block/device.h"

namespace san::os {

/// A physical volume of LVM2 on a device.
struct LvmPhysical {
  std::uint64_t offset = 0;  ///< of it, on the device
  std::uint64_t length = 0;
  std::string uuid;      ///< "0i6hYP-B0rz-B6vp-f3aZ-4Nih-J6yB-bX3CQM"
  std::string metadata;  ///< the text that describes its group; empty where it keeps none
  std::string fault;     ///< why not, where it should
};

/// Reads the label, the header and the newest metadata text of the physical volume in
/// [offset, offset + length) of `device`; nothing where there is no label. Throws Error(failed) where the
/// device cannot be read. Format: lvm2, lib/format_text/layout.h and lib/label/label.h.
std::optional<LvmPhysical> read_lvm_physical(Device& device, std::uint64_t offset, std::uint64_t length);

/// Bytes of a logical volume, one behind the other.
struct LvmSegment {
  std::uint64_t length = 0;
  std::uint64_t place = 0;  ///< on the device
};

struct LvmLogical {
  std::string group, name, uuid;
  std::uint64_t size = 0;            ///< bytes
  std::vector<LvmSegment> segments;  ///< empty where it cannot be read here …
  std::string why_none;              ///< … and why: "is of type raid1"
};

/// The visible logical volumes of all groups whose physical volumes are `physical`, all of one device. Text
/// that cannot be understood gives none.
std::vector<LvmLogical> lvm_logical_volumes(const std::vector<LvmPhysical>& physical);

/// A view of `segments` of `below`, which outlives it, for reading only. Logical block, limits and identity
/// are those of the device below.
std::shared_ptr<Device> mapped_device(Device& below, std::string name, std::vector<LvmSegment> segments);

}  // namespace san::os
