// SPDX-License-Identifier: Apache-2.0
// The input is the metadata text of LVM2, and a disk that begins as a physical volume.
#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "devices/memory_device.h"
#include "os/volumes/lvm_group.h"

namespace {

void read_label(const std::uint8_t* data, std::size_t size) {
  san::MemoryDevice device("disk", 16384);
  const auto bytes = device.bytes();
  std::copy_n(reinterpret_cast<const std::byte*>(data), std::min(size, bytes.size()), bytes.begin());
  const auto physical = san::os::read_lvm_physical(device, 0, device.size());
  if (physical && !physical->metadata.empty() && !physical->fault.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::os;
  const std::string uuid = "0i6hYP-B0rz-B6vp-f3aZ-4Nih-J6yB-bX3CQM";
  const LvmPhysical physical{.offset = 1 << 20,
                             .length = 200 << 20,
                             .uuid = uuid,
                             .metadata = {reinterpret_cast<const char*>(data), size},
                             .fault = {}};
  for (const LvmLogical& logical : lvm_logical_volumes({physical})) {
    std::uint64_t sum = 0;
    for (const san::Range& segment : logical.segments) {
      if (segment.offset < physical.offset || segment.length > physical.length ||
          segment.offset - physical.offset > physical.length - segment.length)
        std::abort();
      sum += segment.length;
    }
    if (logical.segments.empty() == logical.why_none.empty()) std::abort();
    if (logical.why_none.empty() && sum != logical.size) std::abort();
  }
  read_label(data, size);
  return 0;
}
