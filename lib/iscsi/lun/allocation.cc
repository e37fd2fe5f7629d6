// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/allocation.h"

#include <algorithm>

#include "core/units.h"

namespace san::iscsi {
namespace {

// Shorter deallocated runs are read like data instead of being checked.
constexpr std::uint64_t kMinProvedHole = MiB;

}  // namespace

std::vector<Extent> Allocation::extents(std::uint64_t offset, std::uint64_t length) {
  const std::scoped_lock lock(mutex_);
  if (stale_.exchange(false)) heard_.clear();
  std::vector<Extent> result;
  const auto add = [&](std::uint64_t to, Extent::Kind kind) {
    const std::uint64_t from = result.empty() ? offset : result.back().end();
    if (to <= from) return;
    if (!result.empty() && result.back().kind == kind)
      result.back().length += to - from;
    else
      result.push_back({from, to - from, kind});
  };
  const std::uint64_t end = offset + length;
  for (std::uint64_t at = offset; at < end && works_;) {
    const std::uint64_t wanted = at / block_;
    const auto known = [&](const LbaStatus& s) { return s.lba <= wanted && wanted - s.lba < s.blocks; };
    auto here = std::find_if(heard_.begin(), heard_.end(), known);
    if (here == heard_.end()) {
      heard_ = query_(wanted);
      here = std::find_if(heard_.begin(), heard_.end(), known);
    }
    if (here == heard_.end()) {
      // Not supported (most targets), or an answer about other blocks: the caller has to read.
      works_ = false;
      break;
    }
    for (; here != heard_.end() && at < end; ++here) {
      at = std::min(end, (here->lba + here->blocks) * block_);
      add(at, is_hole(*here) ? Extent::Kind::zero : Extent::Kind::data);
    }
  }
  add(end, Extent::Kind::unknown);
  return result;
}

bool Allocation::is_hole(const LbaStatus& status) const {
  const std::uint64_t last = status.lba + status.blocks - 1;
  return status.provisioning == 1 && last < blocks_ && status.blocks * block_ >= kMinProvedHole &&
         reads_zero_(status.lba) && reads_zero_(last);
}

}  // namespace san::iscsi
