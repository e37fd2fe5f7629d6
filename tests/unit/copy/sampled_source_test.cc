// SPDX-License-Identifier: Apache-2.0
#include "copy/sampled_source.h"

#include <atomic>

#include "copy/copy_checks.h"
#include "copy/engine/copier.h"
#include "core/units.h"

using namespace san;
using namespace san::copy;

namespace {

void read_all(ReadableDevice& device, std::uint64_t step) {
  Content bytes(step);
  for (std::uint64_t at = 0; at < device.size(); at += step)
    read_wait(device, at, std::span(bytes).first(std::min(step, device.size() - at)));
}

}  // namespace

TEST_CASE("a sample that is the same is no change, whatever the size") {
  for (const std::uint64_t size : {std::uint64_t{512}, 64 * KiB - 512, 3 * MiB + 512, 40 * MiB}) {
    const auto disk = disk_of(random_bytes(size, 1));
    SampledSource source(*disk);
    CHECK_FALSE(source.changed());  // nothing has been read
    read_all(source, MiB);
    CHECK_FALSE(source.changed());
  }
}

TEST_CASE("a change at the front, at the end, or everywhere is seen") {
  const auto disk = disk_of(random_bytes(40 * MiB, 1));
  for (const std::uint64_t at : {std::uint64_t{0}, MiB - 1, 39 * MiB, 40 * MiB - 1}) {
    SampledSource source(*disk);
    read_all(source, MiB);
    disk->bytes()[at] ^= std::byte{1};
    const auto place = source.changed();
    REQUIRE(place);
    CHECK(place->offset <= at);
    CHECK(at < place->end());
  }
  SampledSource source(*disk);
  read_all(source, MiB);
  for (std::uint64_t at = 2 * MiB; at < 38 * MiB; at += 4096) disk->bytes()[at] ^= std::byte{1};
  CHECK(source.changed());
}

TEST_CASE("what was read after the change is no trace of it, and what was not read is not looked at") {
  const auto disk = disk_of(random_bytes(4 * MiB, 1));
  SampledSource source(*disk);
  disk->bytes()[0] ^= std::byte{1};
  Content half(2 * MiB);
  read_wait(source, 0, half);
  disk->bytes()[4 * MiB - 1] ^= std::byte{1};
  CHECK_FALSE(source.changed());
}

TEST_CASE("a copy is ended by what the check of its source throws, without a head") {
  const auto disk = disk_of(bootable_disk(8 * MiB)), lun = disk_of(Content(8 * MiB), "lun");
  SampledSource source(*disk);
  CopyOptions options;
  std::atomic<int> checks{0};
  options.source_check = [&] {
    ++checks;
    disk->bytes()[0] ^= std::byte{1};
    if (source.changed()) throw Error(Exit::no, "source", "changed");
  };
  Progress progress(nullptr);
  const auto error = error_of([&] { Copier(&source, {lun.get()}, options, progress).run(); });
  REQUIRE(error);
  CHECK(error->code() == Exit::no);
  CHECK(checks == 1);
  CHECK(lun->bytes()[510] == std::byte{0});
  CHECK(lun->bytes()[4 * MiB] == disk->bytes()[4 * MiB]);
}
