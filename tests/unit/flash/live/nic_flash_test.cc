// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_flash.h"

#include <nlohmann/json.hpp>

#include "flash/fake_nics.h"
#include "flash/flash_file.h"
#include "flash/live/chip_lock.h"
#include "report/flash/flash_report.h"

using namespace san::flash;
using namespace san::report;

namespace {

NvmImage card(unsigned ports) {
  NvmImage image = gigabit_image(0x1521);
  add_block(image, ports);
  put_mask(image, 0, {255, 255, 255, 0});
  return image;
}

std::shared_ptr<FakeEthtool> dual_report() {
  auto fake = std::make_shared<FakeEthtool>(card(2));
  fake->magic = 0x15218086;
  return fake;
}

}  // namespace

TEST_CASE("nic:IFACE is the port of its PCI function; a backup brings back what was there") {
  const FakeMachine machine;
  machine.add("eth1", "0000:03:00.1", "0x8086", "0x1521", "igb");
  const auto fake = dual_report();
  const auto flash = open_nic("eth1", {}, machine.machine(fake));
  CHECK(flash->own_port() == 2);
  CHECK(flash_json(*flash)["device"] == "nic:eth1");
  CHECK(flash_json(*flash)["family"] == "I350");
  const std::string path = flash->backup_path();
  CHECK(path.starts_with(machine.path + "/backups/eth1-525400123456-"));
  make_backup_directory(machine.path + "/backups");
  write_backup(path, flash->backup());
  CHECK(flash->backup_path() != path);
  flash->choose(san::boot::Priority::primary, *flash->own_port());
  CHECK(fake->writes.empty());
  flash->commit();
  CHECK(fake->image.word(0x34) == 0x0102);
  CHECK(fake->image.word(0x30) == 0x0100);
  CHECK(flash->changes().empty());
  flash->restore(path, read_flash_file(path, kMaxFlashFile));
  flash->commit();
  CHECK(std::ranges::equal(fake->image.bytes(), card(2).bytes()));
}

TEST_CASE("a family is not to be said where the PCI device tells it") {
  const FakeMachine machine;
  machine.add("eth0", "0000:03:00.0", "0x8086", "0x1521", "igb");
  machine.add("eth9", "0000:09:00.0", "0x8086", "0x4321", "igb");
  NvmOptions options;
  options.family = "I350";
  CHECK(!error_of([&] { open_nic("eth0", options, machine.machine(dual_report())); }));
  options.family = "82599";
  const auto error = error_of([&] { open_nic("eth0", options, machine.machine(dual_report())); });
  REQUIRE(error);
  CHECK(error->code() == san::Exit::usage);
  // Of a device that is in no table it may be said; unsaid, nothing is written.
  options.family = "I350";
  CHECK(flash_json(*open_nic("eth9", options, machine.machine(dual_report())))["family"] == "I350");
}

TEST_CASE("all are the NICs whose NVM is known") {
  const FakeMachine machine;
  machine.add_virtual("lo");
  machine.add("eth3", "0000:03:00.0", "0x8086", "0x1521", "igb");
  machine.add("eth1", "0000:04:00.0", "0x8086", "0x10d3", "e1000e");
  machine.add("eth2", "0000:05:00.0", "0x8086", "0x1539", "igb");  // an I211
  machine.add("eth4", "0000:06:00.0", "0x8086", "0x1572", "i40e");
  machine.add("eth5", "0000:07:00.0", "0x8086", "0x4321", "igb");
  CHECK(known_nics(machine.machine(dual_report())) == std::vector<std::string>{"eth1", "eth3"});
}

TEST_CASE("one writer a chip, whatever the port") {
  const FakeMachine machine;
  machine.add("eth0", "0000:03:00.0", "0x8086", "0x1521", "igb");
  machine.add("eth1", "0000:03:00.1", "0x8086", "0x1521", "igb");
  const auto fake = dual_report();
  const auto flash = open_nic("eth1", {}, machine.machine(fake));
  flash->choose(san::boot::Priority::disabled, 2);
  {
    const ChipLock other("nic:eth0", "0000:03:00", machine.path + "/run");
    const auto error = error_of([&] { flash->commit(); });
    REQUIRE(error);
    CHECK(error->code() == san::Exit::failed);
    CHECK(error->cause() == "process " + std::to_string(getpid()) +
                                " is writing the NVM of the NIC 0000:03:00, which all its ports share");
    CHECK(fake->writes.empty());
    const ChipLock elsewhere("nic:eth2", "0000:04:00", machine.path + "/run");
  }
  flash->commit();
  CHECK(fake->image.word(0x34) == 0x0101);
}
