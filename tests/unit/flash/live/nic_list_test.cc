// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_list.h"

#include <nlohmann/json.hpp>

#include "flash/fake_nics.h"

using namespace san::flash;

TEST_CASE("the list says what is in a flash, or why it does not") {
  const FakeMachine machine;
  machine.add("eth0", "0000:03:00.0", "0x8086", "0x1521", "igb");
  machine.add("eth1", "0000:04:00.0", "0x8086", "0x1572", "i40e");
  NvmImage image = gigabit_image(0x1521);
  add_block(image, 2);
  put_mask(image, 0, {255, 255, 255, 0});
  const auto fake = std::make_shared<FakeEthtool>(image);
  fake->magic = 0x15218086;
  auto row = [&](std::size_t i) { return nic_table(list_nics(machine.machine(fake))).json()[i]; };
  CHECK(row(0)["boots"] == "PXE");
  CHECK(row(0)["iscsi_block"] == "good");
  CHECK(row(0)["target"] == "by DHCP");
  CHECK(row(0)["words"] == 4096);
  CHECK(row(0)["note"].is_null());
  CHECK(row(1)["note"] == "the driver does not allow single words of the NVM to be written");
  const auto flash = open_nic("eth0", {}, machine.machine(fake));
  FlashSettings settings;
  settings.target = "iqn.2026-11.org.example:golden";
  settings.priority = san::boot::Priority::primary;
  flash->set(settings, 1);
  flash->commit();
  CHECK(row(0)["target"] == "iqn.2026-11.org.example:golden");
  CHECK(row(0)["boots"] == "iSCSI primary");
  fake->image.set_word(0x3D, 0xFFFF);
  CHECK(row(0)["iscsi_block"] == "absent");
  fake->read_error = EPERM;
  CHECK(row(0)["note"] == "needs root");
  CHECK(row(0)["family"] == "I350");
  CHECK(row(0)["words"].is_null());
  CHECK(row(0)["iscsi_block"].is_null());
  fake->read_error = EIO;
  CHECK(row(0)["note"] == "cannot read its NVM: Input/output error");
}
