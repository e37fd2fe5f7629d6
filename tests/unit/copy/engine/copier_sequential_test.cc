// SPDX-License-Identifier: Apache-2.0
// Destinations that take every byte once and in order, from sources that answer in any.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "block/device_filter.h"
#include "block/zst/zst_device.h"
#include "block/zst/zst_writer.h"
#include "copy/copy_checks.h"
#include "copy/pipe.h"
#include "devices/fault_device.h"

using namespace san;
using namespace san::copy;
using std::chrono::milliseconds;

namespace {

Content content_of(const std::string& path) {
  const auto device = open_zst(path, false);
  REQUIRE(device);
  Content content(device->size());
  read_wait(*device, 0, content);
  return content;
}

}  // namespace

TEST_CASE("reads that come back out of order, with hardly any buffers") {
  const TempDir place;
  const std::string path = place / "disk.zst";
  auto content = bootable_disk(40 * MiB + 512);
  std::fill(content.begin() + 5 * MiB, content.begin() + 9 * MiB, std::byte{0});
  FaultDevice source(disk_of(content));
  // The first read of each few comes last.
  for (std::uint64_t at = 0; at < 40; at += 3)
    source.add({FaultDevice::Op::read, FaultDevice::Delay{milliseconds(30)}, at * MiB, MiB, 0, 1});
  for (const ZeroPolicy zero : {ZeroPolicy::prove, ZeroPolicy::write, ZeroPolicy::skip}) {
    CopyOptions options;
    options.zero = zero;
    options.memory = 4 * MiB;
    options.verify = VerifyMode::full;
    {
      const auto destination = create_zst(path, content.size());
      const auto other = disk_of(Content(content.size(), std::byte{0}), "other");
      const auto result = run_copy(&source, {destination.get(), other.get()}, options);
      REQUIRE(result.destinations.size() == 2);
      for (const auto& one : result.destinations) {
        CHECK_FALSE(one.error.has_value());
        CHECK(one.mismatches.empty());
        CHECK(one.verified == content.size());
      }
      CHECK(bytes_of(other->bytes()) == content);
    }
    CHECK(content_of(path) == content);
  }
}

TEST_CASE("a stream that ends within a block") {
  const TempDir place;
  const std::string path = place / "disk.zst";
  const auto content = random_bytes(3 * MiB + 77, 5);
  {
    Pipe feeder(content, 50000);
    InputStream source("standard input", feeder.reader());
    const auto destination = create_zst(path, std::nullopt);
    CopyOptions options;
    options.verify = VerifyMode::full;
    const auto result = run_copy(&source, {destination.get()}, options);
    CHECK_FALSE(result.destinations[0].error.has_value());
    CHECK(result.total == content.size());
  }
  const auto device = open_zst(path, false);
  REQUIRE(device);
  CHECK(device->content_size() == content.size());
  auto padded = content;
  padded.resize(device->size());
  CHECK(content_of(path) == padded);
}

TEST_CASE("a source that fails leaves no image") {
  const TempDir place;
  const std::string path = place / "disk.zst";
  FaultDevice source(disk_of(bootable_disk(20 * MiB)));
  source.add(
      {FaultDevice::Op::read, FaultDevice::Fail{Error(Exit::failed, "source", "broken")}, 15 * MiB, MiB});
  {
    const auto destination = create_zst(path, source.size());
    CHECK(error_of([&] { run_copy(&source, {destination.get()}, {}); }).has_value());
  }
  CHECK(std::filesystem::is_empty(place.path()));
}

TEST_CASE("a destination that fails the check is not committed") {
  const TempDir place;
  const std::string path = place / "disk.zst";
  const auto content = bootable_disk(4 * MiB);
  const auto source = disk_of(content);
  {
    const auto destination = create_zst(path, content.size());
    // What is read back is wrong in one byte.
    class Liar final : public DeviceFilter {
     public:
      using DeviceFilter::DeviceFilter;
      void commit() override { committed = true; }
      void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
        DeviceFilter::read(offset, into, [into, done = std::move(done)](const Error* error) mutable {
          into[0] ^= std::byte{1};
          done(error);
        });
      }
      bool committed = false;
    } liar(*destination);
    CopyOptions options;
    options.verify = VerifyMode::full;
    const auto result = run_copy(source.get(), {&liar}, options);
    CHECK_FALSE(result.destinations[0].mismatches.empty());
    CHECK_FALSE(liar.committed);
  }
  CHECK(std::filesystem::is_empty(place.path()));
}
