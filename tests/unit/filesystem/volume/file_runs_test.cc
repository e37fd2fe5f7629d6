// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/file_runs.h"

#include <doctest/doctest.h>

#include "devices/memory_device.h"

using namespace san;
using namespace san::filesystem;

TEST_CASE("add_run") {
  std::vector<FileRun> runs;
  add_run(runs, {0, 512, 1024});
  add_run(runs, {512, 512, 1536});  // goes on
  add_run(runs, {1024, 512, 4096});
  add_run(runs, {1536, 0, 4608});
  add_run(runs, {1536, 512, std::nullopt});
  add_run(runs, {2048, 512, std::nullopt});
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].length == 1024);
  CHECK(runs[1].volume_offset == 4096);
  CHECK(runs[2].length == 1024);
}

TEST_CASE("read_runs: any piece of a file with holes, small and large") {
  MemoryDevice device("image", 1 << 20);
  std::uint32_t state = 1;
  for (std::byte& byte : device.bytes())
    byte = static_cast<std::byte>((state = state * 1103515245 + 12345) >> 16);
  Volume volume(device, 512, (1 << 20) - 512);
  const std::vector<FileRun> runs = {{1000, 3000, 5000}, {4000, 100'000, 200'000}, {110'000, 5, 7}};
  std::vector<std::byte> expected(120'000);
  for (const FileRun& run : runs)
    std::copy_n(device.bytes().begin() + 512 + static_cast<std::ptrdiff_t>(*run.volume_offset), run.length,
                expected.begin() + static_cast<std::ptrdiff_t>(run.logical));
  for (const std::size_t from : {0, 999, 1000, 3999, 4000, 4001, 104'000, 109'999, 110'004})
    for (const std::size_t size : {0, 1, 5, 1000, 9995}) {
      std::vector<std::byte> got(size, std::byte{'?'});
      read_runs(volume, runs, from, got);
      CHECK(std::equal(got.begin(), got.end(), expected.begin() + static_cast<std::ptrdiff_t>(from)));
    }
  std::vector<std::byte> all(expected.size());
  read_runs(volume, runs, 0, all);
  CHECK(all == expected);
  const FileRun outside{0, 10, 1 << 20};
  CHECK_THROWS_AS(read_runs(volume, {&outside, 1}, 0, std::span(all).first(10)), MetadataError);
}
