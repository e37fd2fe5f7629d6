// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/allocation.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/units.h"

using namespace san;
using namespace san::iscsi;
using Kind = Extent::Kind;

namespace {

/// A LUN of 64 MiB in blocks of 512 bytes, and what its target says.
struct Lun {
  std::vector<LbaStatus> status;
  std::vector<std::uint64_t> queries, reads;
  bool zero = true;
  Allocation allocation{512, 64 * MiB / 512,
                        [this](std::uint64_t lba) {
                          queries.push_back(lba);
                          return status;
                        },
                        [this](std::uint64_t lba) {
                          reads.push_back(lba);
                          return zero;
                        }};
};

constexpr std::uint32_t kMiB = MiB / 512;  ///< in blocks

}  // namespace

TEST_CASE("deallocated runs are holes, the rest is data") {
  Lun lun;
  lun.status = {{0, kMiB, 1}, {kMiB, kMiB, 0}, {2 * kMiB, kMiB, 2}, {3 * kMiB, 61 * kMiB, 1}};
  const std::vector<Extent> wanted = {
      {0, MiB, Kind::zero}, {MiB, 2 * MiB, Kind::data}, {3 * MiB, 61 * MiB, Kind::zero}};
  CHECK(lun.allocation.extents(0, 64 * MiB) == wanted);
  CHECK(lun.queries == std::vector<std::uint64_t>{0});
  // Both ends of each, and nothing else, are read.
  CHECK(lun.reads == std::vector<std::uint64_t>{0, kMiB - 1, 3 * kMiB, 64 * kMiB - 1});
  // Another part of the same answer needs no other question; a part of a run is a part of an extent.
  CHECK(lun.allocation.extents(MiB / 2, MiB) ==
        std::vector<Extent>{{MiB / 2, MiB / 2, Kind::zero}, {MiB, MiB / 2, Kind::data}});
  CHECK(lun.queries.size() == 1);
  CHECK(lun.allocation.extents(5 * MiB, 0).empty());
}

TEST_CASE("what does not begin and end with zeros is no hole") {
  Lun lun;
  lun.zero = false;
  lun.status = {{0, 64 * kMiB, 1}};
  CHECK(lun.allocation.extents(0, 64 * MiB) == std::vector<Extent>{{0, 64 * MiB, Kind::data}});
}

TEST_CASE("short runs are not worth a proof") {
  Lun lun;
  lun.status = {{0, kMiB - 1, 1}, {kMiB - 1, 1, 0}, {kMiB, 63 * kMiB, 0}};
  CHECK(lun.allocation.extents(0, 64 * MiB) == std::vector<Extent>{{0, 64 * MiB, Kind::data}});
  CHECK(lun.reads.empty());
}

TEST_CASE("an answer that ends early is followed by another question") {
  Lun lun;
  lun.status = {{0, kMiB, 0}};
  CHECK(lun.allocation.extents(0, 2 * MiB) ==
        std::vector<Extent>{{0, MiB, Kind::data}, {MiB, MiB, Kind::unknown}});
  CHECK(lun.queries == std::vector<std::uint64_t>{0, kMiB});
  // Its answer to that made no sense, so it is not asked any more.
  CHECK(lun.allocation.extents(0, MiB) == std::vector<Extent>{{0, MiB, Kind::unknown}});
  CHECK(lun.queries.size() == 2);
}

TEST_CASE("a target that does not answer is asked once") {
  Lun lun;
  CHECK(lun.allocation.extents(MiB, MiB) == std::vector<Extent>{{MiB, MiB, Kind::unknown}});
  CHECK(lun.allocation.extents(MiB, MiB) == std::vector<Extent>{{MiB, MiB, Kind::unknown}});
  CHECK(lun.queries == std::vector<std::uint64_t>{kMiB});
}

TEST_CASE("runs beyond the end of the LUN are cut, and no holes") {
  Lun lun;
  lun.status = {{0, 0xFFFFFFFF, 1}};
  CHECK(lun.allocation.extents(0, 64 * MiB) == std::vector<Extent>{{0, 64 * MiB, Kind::data}});
  CHECK(lun.reads.empty());
}

TEST_CASE("after a write the target is asked again") {
  Lun lun;
  lun.status = {{0, 64 * kMiB, 1}};
  lun.allocation.extents(0, MiB);
  lun.allocation.changed();
  lun.status = {{0, 64 * kMiB, 0}};
  CHECK(lun.allocation.extents(0, MiB) == std::vector<Extent>{{0, MiB, Kind::data}});
  CHECK(lun.queries.size() == 2);
}
