// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_extents.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/units.h"
#include "system/fd.h"
#include "system/machine.h"

using namespace san;
using Kind = Extent::Kind;
using List = std::vector<Extent>;

namespace {

/// A file of 1 MiB that is a hole but for 64 KiB at 256 KiB and 4 KiB at its end.
struct SparseFile {
  SparseFile() {
    write_at(256 * KiB, 64 * KiB);
    write_at(MiB - 4096, 4096);
  }
  void write_at(std::uint64_t offset, std::size_t length) const {
    const auto data = random_bytes(length, 1);
    REQUIRE(pwrite(fd.get(), data.data(), length, static_cast<off_t>(offset)) ==
            static_cast<ssize_t>(length));
  }
  List extents(std::uint64_t offset, std::uint64_t length, std::size_t most = 4096) const {
    List found = file_extents("file", fd.get(), bytes, offset, length, 512, most);
    check_cover(found, offset, length);
    return found;
  }

  TempDir dir;
  std::uint64_t bytes = MiB;
  Fd fd = open_path(dir.sparse_file("file", MiB), O_RDWR);
};

}  // namespace

TEST_CASE("holes and data of a file, in any window") {
  const SparseFile file;
  const List all = file.extents(0, MiB);
  if (all.size() == 1) {
    MESSAGE("skipped: this file system does not tell holes");
    return;
  }
  CHECK(all == List{{0, 256 * KiB, Kind::zero},
                    {256 * KiB, 64 * KiB, Kind::data},
                    {320 * KiB, 700 * KiB, Kind::zero},
                    {1020 * KiB, 4 * KiB, Kind::data}});
  CHECK(file.extents(64 * KiB, 64 * KiB) == List{{64 * KiB, 64 * KiB, Kind::zero}});
  CHECK(file.extents(260 * KiB, 8 * KiB) == List{{260 * KiB, 8 * KiB, Kind::data}});
  CHECK(file.extents(255 * KiB, 2 * KiB) == List{{255 * KiB, KiB, Kind::zero}, {256 * KiB, KiB, Kind::data}});
  CHECK(file.extents(319 * KiB, 2 * KiB) == List{{319 * KiB, KiB, Kind::data}, {320 * KiB, KiB, Kind::zero}});
  CHECK(file.extents(MiB - 512, 512) == List{{MiB - 512, 512, Kind::data}});
}

TEST_CASE("behind the end of the file is zero") {
  SparseFile file;
  CHECK(file.extents(MiB, 512) == List{{MiB, 512, Kind::zero}});
  // The file ends within a block, which is data as a whole; what follows are zeros.
  REQUIRE(ftruncate(file.fd.get(), MiB - 100) == 0);
  file.bytes = MiB - 100;
  const List tail = file.extents(MiB - 4096, 8192);
  CHECK(tail == List{{MiB - 4096, 4096, Kind::data}, {MiB, 4096, Kind::zero}});
}

TEST_CASE("the work of one call is bounded") {
  const SparseFile file;
  for (std::uint64_t i = 0; i < 100; ++i) file.write_at(i * 8192, 512);
  const List some = file.extents(0, MiB, 8);
  if (file.extents(0, MiB).size() == 1) {
    MESSAGE("skipped: this file system does not tell holes");
    return;
  }
  CHECK(file.extents(0, MiB).size() > 100);
  CHECK(some.size() <= 8);
  CHECK(some.size() >= 6);
  CHECK(some.back().kind == Kind::unknown);
  CHECK(some.back().end() == MiB);
}

TEST_CASE("a file that was cut is an error, not a hole") {
  const SparseFile file;
  REQUIRE(ftruncate(file.fd.get(), 4096) == 0);
  const auto error = error_of([&] { file.extents(0, 64 * KiB); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(contains(error->cause(), "has become shorter while it was open: 4.0 KiB instead of 1.0 MiB"));
}
