// SPDX-License-Identifier: Apache-2.0
#include "block/filter/rescue_device.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/units.h"
#include "devices/fault_device.h"
#include "devices/memory_device.h"

using namespace san;
using Op = FaultDevice::Op;

namespace {

const FaultDevice::Fail kBad{Error(Exit::failed, "disk", "read error")};

struct Disk {
  std::shared_ptr<MemoryDevice> memory = std::make_shared<MemoryDevice>("disk", MiB, std::byte{0x11});
  FaultDevice fault{memory};

  void bad(std::uint64_t offset, std::uint64_t length, std::uint64_t count = FaultDevice::kAll) {
    fault.add({.op = Op::read, .effect = kBad, .offset = offset, .length = length, .count = count});
  }
};

}  // namespace

TEST_CASE("rescue: bad blocks are zeros, their neighbours are read") {
  Disk disk;
  disk.bad(1024, 1024);
  disk.bad(MiB - 512, 1);
  disk.bad(100 * 512 + 7, 1);
  RescueDevice device(disk.fault, 0);
  std::vector<std::byte> bytes(MiB);
  read_wait(device, 0, bytes);
  CHECK(device.bad() == RangeSet{{1024, 1024}, {51200, 512}, {MiB - 512, 512}});
  CHECK(device.bad_bytes() == 2048);
  for (std::size_t at = 0; at < MiB; at += 512) {
    const bool bad = at == 1024 || at == 1536 || at == 51200 || at == MiB - 512;
    CHECK(bytes[at] == (bad ? std::byte{0} : std::byte{0x11}));
    CHECK(bytes[at + 511] == (bad ? std::byte{0} : std::byte{0x11}));
  }
}

TEST_CASE("rescue: ranges are joined, whatever the order in which they are found") {
  Disk disk;
  disk.bad(0, 4096);
  RescueDevice device(disk.fault, 0);
  std::vector<std::byte> block(512);
  read_wait(device, 8192, block);  // a good place, for the control read
  for (const std::uint64_t at : {std::uint64_t{2048}, std::uint64_t{0}, std::uint64_t{1024},
                                 std::uint64_t{512}, std::uint64_t{512}, std::uint64_t{3584}})
    read_wait(device, at, block);
  CHECK(device.bad() == RangeSet{{0, 1536}, {2048, 512}, {3584, 512}});
  read_wait(device, 1536, block);
  CHECK(device.bad() == RangeSet{{0, 2560}, {3584, 512}});
}

TEST_CASE("rescue: a block is tried again as often as was asked for") {
  for (const unsigned failures : {3U, 4U}) {
    CAPTURE(failures);
    Disk disk;
    // The first read, and then one more than the retries of that block.
    disk.bad(512, 512, failures);
    RescueDevice device(disk.fault, 2);
    std::vector<std::byte> block(512);
    read_wait(device, 0, block);
    read_wait(device, 512, block);
    CHECK(device.bad_bytes() == (failures == 3 ? 0 : 512));
  }
}

TEST_CASE("rescue: where the device has gone the read fails") {
  Disk disk;
  RescueDevice device(disk.fault, 3);
  std::vector<std::byte> bytes(64 * KiB);
  read_wait(device, 0, bytes);
  disk.bad(0, MiB);
  const auto error = error_of([&] { read_wait(device, 64 * KiB, bytes); });
  REQUIRE(error);
  CHECK(error->cause() == "read error");
  CHECK(device.bad().empty());
}

TEST_CASE("rescue: it is for reading, and tells what is below") {
  Disk disk;
  disk.memory->set_extents({{0, MiB, Extent::Kind::data}});
  RescueDevice device(disk.fault, 0);
  CHECK(device.read_only());
  CHECK(device.size() == MiB);
  CHECK(device.extents(0, MiB) == std::vector<Extent>{{0, MiB, Extent::Kind::data}});
  static_assert(!std::derived_from<RescueDevice, Device>);
}
