// SPDX-License-Identifier: Apache-2.0
#include "devices/memory_device.h"

#include <doctest/doctest.h>

#include <utility>

#include "block/device_checks.h"
#include "block/device_filter.h"
#include "core/units.h"

using namespace san;
using Kind = Extent::Kind;

TEST_CASE("memory keeps what is written") {
  MemoryDevice device("memory", MiB, std::byte{0xA5});
  CHECK(device.name() == "memory");
  CHECK(device.size() == MiB);
  check_against_model(device, std::vector<std::byte>(MiB, std::byte{0xA5}), 1, 300);
  check_refuses_bad_ranges(device);
  CHECK_NOTHROW(flush_wait(device));
}

TEST_CASE("memory has the blocks it was given") {
  MemoryDevice device("memory", MiB, {}, 4096);
  CHECK(device.limits().logical_block == 4096);
  CHECK(device.limits().unmap_granularity == 4096);
  check_refuses_bad_ranges(device);
  std::vector<std::byte> small(512);
  CHECK(error_of([&] { read_wait(device, 512, small); }).has_value());
}

TEST_CASE("extents are unknown until they are set, and then clipped to the window") {
  MemoryDevice device("memory", 64 * KiB);
  using List = std::vector<Extent>;
  CHECK(device.extents(0, 64 * KiB) == List{{0, 64 * KiB, Kind::unknown}});
  CHECK(device.extents(4096, 0).empty());
  device.set_extents({{4096, 8192, Kind::zero}, {16384, 4096, Kind::data}});
  CHECK(device.extents(0, 64 * KiB) == List{{0, 4096, Kind::unknown},
                                            {4096, 8192, Kind::zero},
                                            {12288, 4096, Kind::unknown},
                                            {16384, 4096, Kind::data},
                                            {20480, 45056, Kind::unknown}});
  CHECK(device.extents(8192, 8704) ==
        List{{8192, 4096, Kind::zero}, {12288, 4096, Kind::unknown}, {16384, 512, Kind::data}});
  CHECK(device.extents(32768, 512) == List{{32768, 512, Kind::unknown}});
}

TEST_CASE("ranges read as people write them") {
  CHECK(format_range(400 * MiB, MiB) == "1.0 MiB at 400.0 MiB (bytes 419430400 to 420478975)");
  CHECK(format_range(512, 0) == "0 B at 512 B");
}

namespace {

/// A device of which one request may have 7 blocks.
class NarrowDevice final : public DeviceFilter {
 public:
  using DeviceFilter::DeviceFilter;
  std::uint64_t most = 0;  ///< bytes of the longest request

  Limits limits() const override {
    Limits limits = below_.limits();
    limits.max_transfer = 7 * 512 + 100;
    return limits;
  }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    most = std::max(most, into.size());
    below_.read(offset, into, std::move(done));
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    most = std::max(most, from.size());
    below_.write(offset, from, std::move(done));
  }
};

}  // namespace

TEST_CASE("what is waited for may be longer than one transfer") {
  MemoryDevice memory("memory", MiB);
  NarrowDevice device(memory);
  const auto bytes = random_bytes(100 * 512, 1);
  write_wait(device, 512, std::span(bytes).first(100 * 512));
  CHECK(std::exchange(device.most, 0) == 7 * 512);
  CHECK(std::ranges::equal(read_bytes(device, 512, 100 * 512), std::span(bytes).first(100 * 512)));
  CHECK(std::exchange(device.most, 0) == 7 * 512);
  CHECK(error_of([&] { read_bytes(device, MiB - 512, 8192); }).has_value());
  CHECK_NOTHROW(read_bytes(device, 0, 0));
}
