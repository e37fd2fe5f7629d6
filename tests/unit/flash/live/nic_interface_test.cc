// SPDX-License-Identifier: Apache-2.0
#include "flash/live/nic_interface.h"

#include "flash/fake_nics.h"

using namespace san::flash;

TEST_CASE("NICs are what has a device; what software makes is left out") {
  const FakeMachine machine;
  machine.add_virtual("lo");
  machine.add_virtual("br0");
  machine.put("/sys/class/net/bonding_masters", "bond0");
  machine.add("eth1", "0000:03:00.1", "0x8086", "0x1521", "igb");
  machine.add("eth0", "0000:03:00.0", "0x8086", "0x1521", "igb");
  machine.put("/sys/devices/pci0000:00/0000:03:00.0/rom", std::string(511, 'x'));
  machine.put("/sys/class/net/eth1/bonding_slave/perm_hwaddr", "52:54:00:12:34:57");
  const auto nics = find_nics(machine.path);
  REQUIRE(nics.size() == 2);
  CHECK(nics[0].name == "eth0");
  CHECK(nics[0].slot == "0000:03:00.0");
  CHECK(nics[0].port() == 1);
  CHECK(nics[0].rom_bytes == 512);
  CHECK(nics[0].mac == "52:54:00:12:34:56");
  CHECK(nics[1].chip() == nics[0].chip());
  CHECK(nics[1].chip() == "0000:03:00");
  CHECK(nics[1].port() == 2);
  CHECK(nics[1].rom_bytes == 0);
  CHECK(nics[1].mac == "52:54:00:12:34:57");
  REQUIRE(nics[1].family() != nullptr);
  CHECK(nics[1].family()->name == "I350");
  CHECK(nic_limit(nics[1]).cause.empty());
}

TEST_CASE("a virtio device has the PCI function above it, a USB device none") {
  const FakeMachine machine;
  machine.add("eth0", "0000:00:03.0", "0x1af4", "0x1041", "virtio-pci");
  const std::string function = "/sys/devices/pci0000:00/0000:00:03.0", device = function + "/virtio2";
  machine.link("/sys/bus/virtio", device + "/subsystem");
  machine.link("/sys/bus/virtio/drivers/virtio_net", device + "/driver");
  std::filesystem::remove(machine.path + "/sys/class/net/eth0/device");
  machine.link(device, "/sys/class/net/eth0/device");
  const std::string usb = function + "/usb1/1-1:1.0";
  machine.put(usb + "/net/usb0/address", "52:54:00:12:34:58");
  machine.link("/sys/bus/usb", usb + "/subsystem");
  machine.link(usb, usb + "/net/usb0/device");
  machine.link(usb + "/net/usb0", "/sys/class/net/usb0");
  const auto nics = find_nics(machine.path);
  REQUIRE(nics.size() == 2);
  CHECK(nics[0].slot == "0000:00:03.0");
  CHECK(nics[0].driver == "virtio_net");
  CHECK(nics[0].vendor == 0x1AF4);
  CHECK(nic_limit(nics[0]).cause == "a virtual NIC has no NVM");
  CHECK(nics[1].slot.empty());
  CHECK(!nics[1].vendor);
  CHECK(!nics[1].rom_bytes);
  CHECK(nics[1].driver.empty());
  CHECK(nic_limit(nics[1]).cause == "it has no driver");
}

TEST_CASE("a family is only that of a PCI device of Intel's") {
  const FakeMachine machine;
  machine.add("eth0", "0000:03:00.0", "0x10ec", "0x1533", "igb");
  machine.add("eth1", "0000:04:00.0", "0x8086", "nonsense", "igb");
  machine.add("eth2", "0000:05:00.0", "0x8086", "0x1520", "igbvf");
  machine.add("eth3", "0000:06:00.0", "0x8086", "0x1521", "igb");
  machine.link("/sys/devices/pci0000:00/0000:03:00.0", "/sys/devices/pci0000:00/0000:06:00.0/physfn");
  machine.add("eth4", "0000:07:00.0", "0x14e4", "0x165f", "tg3");
  const auto nics = find_nics(machine.path);
  REQUIRE(nics.size() == 5);
  for (const auto& nic : {nics[0], nics[1], nics[2], nics[4]}) CHECK(nic.family() == nullptr);
  CHECK(!nics[1].device);
  CHECK(nic_limit(nics[0]).cause == "what the driver igb shows is not the NVM of an Intel NIC");
  CHECK(nic_limit(nics[2]).cause == "it is a virtual function, which has no NVM");
  CHECK(nic_limit(nics[3]).cause == "it is a virtual function, which has no NVM");
  CHECK(nic_limit(nics[4]).cause.find("Broadcom") != std::string::npos);
}

TEST_CASE("a name is that of an interface, not a path") {
  const FakeMachine machine;
  machine.add_virtual("lo");
  machine.add("eth0", "0000:03:00.0", "0x8086", "0x1521", "igb");
  CHECK(find_nic("eth0", machine.path).driver == "igb");
  for (const char* name : {"lo", "eth1", "", ".", "..", "../net/eth0", "eth0/"}) {
    const auto error = error_of([&] { find_nic(name, machine.path); });
    REQUIRE(error);
    CHECK(error->code() == san::Exit::usage);
  }
}
