// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/trailer_stream.h"

#include "copy/packed.h"

using namespace san;
using namespace san::copy;

namespace {

Content all_of(const Content& bytes, std::size_t step) {
  TrailerStream stream(stream_of(bytes));
  return read_all(stream, step);
}

}  // namespace

TEST_CASE("a disk comes through as it is, in pieces of any size") {
  for (const std::size_t size : {0, 1, 511, 512, 513, 1024, 70001, 140002})
    for (const std::size_t step : {1, 512, 4096, 70001}) {
      const Content disk = random_bytes(size, 1);
      CHECK(all_of(disk, step) == disk);
    }
}

TEST_CASE("the footer of a VHD of fixed size is no part of the disk") {
  for (const std::size_t size : {0, 512, 70001, 140002 - 512})
    for (const std::size_t step : {511, 512, 4096, 70001}) {
      const Content disk = random_bytes(size, 2);
      CHECK(all_of(disk + vhd_footer(size), step) == disk);
    }
  // One that does not fit is a part: it came with a disk that somebody made larger, or cut.
  const Content disk = random_bytes(10000, 3);
  for (const std::uint64_t size : {9999, 10512})
    CHECK(all_of(disk + vhd_footer(size), 4096) == disk + vhd_footer(size));
  CHECK(all_of(disk + vhd_footer(10000) + disk, 4096) == disk + vhd_footer(10000) + disk);
}

TEST_CASE("an Apple disk image is found at its end") {
  Content trailer(512);
  using namespace std::string_view_literals;
  std::copy_n(bytes_of("koly\0\0\0\4\0\0\2\0"sv).begin(), 12, trailer.begin());
  const auto error = error_of([&] { all_of(random_bytes(70001, 4) + trailer, 4096); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(contains(error->cause(), "Apple disk image"));
  const Content twin = random_bytes(70001, 4) + trailer + Content(1);
  CHECK(all_of(twin, 4096) == twin);
}
