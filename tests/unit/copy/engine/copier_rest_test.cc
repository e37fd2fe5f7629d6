// SPDX-License-Identifier: Apache-2.0
// What is behind the end of the source on a larger destination: cut off a file, wiped, or left.
#include "block/device_filter.h"
#include "block/zero_detection.h"
#include "copy/copy_checks.h"
#include "copy/strict_device.h"
#include "core/units.h"
#include "partition/edit/table_device.h"

using namespace san;
using namespace san::copy;
using namespace san::partition;

namespace {

CopyOptions verified() {
  CopyOptions options;
  options.verify = VerifyMode::full;
  return options;
}

CopyOptions wiping() {
  CopyOptions options = verified();
  options.wipe_rest = true;
  return options;
}

/// A file that loses what is written to its third MiB.
class Lossy final : public DeviceFilter {
 public:
  using DeviceFilter::DeviceFilter;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    if (offset >= 2 * MiB) return done(nullptr);
    DeviceFilter::write(offset, from, std::move(done));
  }
};

}  // namespace

TEST_CASE("a longer file ends where the source does, and its rest goes before the head comes") {
  const TempDir dir;
  const std::size_t sizes[] = {3 * MiB, 3 * MiB + 777, 4096, 100};
  for (const std::size_t size : sizes)
    for (const bool keep : {false, true}) {
      CAPTURE(size);
      CAPTURE(keep);
      const Content content = random_bytes(size, 7);
      const std::string path = dir.file("copy", Content(5 * MiB, std::byte{0xAA}));
      const auto source = open_file(dir.file("source", content), {});
      StrictDevice destination(open_image(path, source->size()));
      bool whole = true;
      destination.set_hook([&](const StrictDevice::Request& request) {
        if (request.op == StrictDevice::Op::write && request.offset == 0)
          whole = destination.size() == 5 * MiB;
      });
      CopyOptions options = verified();
      options.keep_size = keep;
      CHECK(!run_copy(source.get(), {&destination}, options).destinations[0].error);
      CHECK(destination.sins() == "");
      CHECK(whole == keep);
      const Content copied = file_content(path);
      CHECK(copied.size() == (keep ? 5 * MiB : size));
      CHECK(Content(copied.begin(), copied.begin() + static_cast<std::ptrdiff_t>(size)) == content);
      CHECK((!keep || copied.back() == std::byte{0xAA}));
    }
}

TEST_CASE("a file whose clone is not good is not cut") {
  const TempDir dir;
  const auto source = disk_of(bootable_disk(3 * MiB));
  const std::string path = dir.file("copy", Content(5 * MiB, std::byte{0xAA}));
  const auto file = open_image(path);
  Lossy destination(*file);
  const CopyResult result = run_copy(source.get(), {&destination}, verified());
  CHECK(!result.destinations[0].mismatches.empty());
  CHECK(file_content(path).size() == 5 * MiB);
  CHECK_FALSE(bootable(file_content(path)));
}

TEST_CASE("the rest is wiped, by whatever the device has for it, before the head comes") {
  const auto source = disk_of(bootable_disk(3 * MiB));
  for (const ZeroPolicy zero : {ZeroPolicy::prove, ZeroPolicy::write})
    for (const bool unmaps : {true, false}) {
      const auto disk = std::make_shared<MemoryDevice>("copy", 7 * MiB + 512, std::byte{0xAA});
      Limits limits = disk->limits();
      limits.unmap_guaranteed = false;
      limits.unmap_granularity = unmaps ? 4096 : 0;
      disk->set_limits(limits);
      StrictDevice destination(disk);
      bool wiped = false;
      destination.set_hook([&](const StrictDevice::Request& request) {
        if (request.op == StrictDevice::Op::write && request.offset == 0)
          wiped = all_zero(disk->bytes().subspan(3 * MiB));
      });
      CopyOptions options = wiping();
      options.zero = zero;
      const CopyResult result = run_copy(source.get(), {&destination}, options);
      CHECK(!result.destinations[0].error);
      CHECK(destination.sins() == "");
      CHECK(wiped);
      CHECK(all_zero(disk->bytes().subspan(3 * MiB)));
      CHECK(std::ranges::equal(disk->bytes().first(3 * MiB), source->bytes()));
      CHECK((result.destinations[0].bytes.unmapped > 0) == (unmaps && zero == ZeroPolicy::prove));
    }
}

TEST_CASE("a rest that unmaps to something else is written") {
  const auto source = disk_of(bootable_disk(3 * MiB));
  const auto disk = std::make_shared<MemoryDevice>("copy", 7 * MiB, std::byte{0xAA});
  Limits limits = disk->limits();
  limits.unmap_guaranteed = false;
  disk->set_limits(limits);
  FaultDevice destination(disk);
  destination.add({FaultDevice::Op::unmap, FaultDevice::Ignore{}});
  const LogCapture log;
  CHECK(!run_copy(source.get(), {&destination}, wiping()).destinations[0].error);
  CHECK(all_zero(disk->bytes().subspan(3 * MiB)));
}

TEST_CASE("what a table has behind the source stays when the rest is wiped") {
  const auto source = disk_of(bootable_disk(3 * MiB));
  MemoryDevice disk("copy", 7 * MiB, std::byte{0xAA});
  const std::vector<std::byte> wanted(512, std::byte{0x77});
  TableDevice destination(disk, {{7 * MiB - 512, wanted, std::vector<std::byte>(512)}}, kHead, true);
  const CopyResult result = run_copy(source.get(), {&destination}, wiping());
  CHECK(!result.destinations[0].error);
  CHECK(result.destinations[0].mismatches.empty());
  CHECK(all_zero(disk.bytes().subspan(3 * MiB, 4 * MiB - 512)));
  CHECK(bytes_of(disk.bytes().last(512)) == wanted);
}
