// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/rehearsal_plan.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "preflight/rehearsal/machine.h"

using namespace san;
using boot::BootProfile;
using boot::Firmware;
using preflight::rehearsal_network;
using preflight::rehearsal_nic;

namespace {

BootProfile at(std::string portal, std::string address = "", unsigned prefix = 24, std::string gateway = "") {
  BootProfile profile;
  profile.portals = {{std::move(portal), 3260}};
  profile.dhcp = address.empty();
  if (!address.empty()) profile.prefix = prefix;
  profile.address = std::move(address);
  profile.gateway = std::move(gateway);
  return profile;
}

/// Whether `words` has `option` with exactly this value.
bool says(const std::vector<std::string>& words, const std::string& option, const std::string& value) {
  const std::vector<std::string> both = {option, value};
  return std::search(words.begin(), words.end(), both.begin(), both.end()) != words.end();
}

}  // namespace

TEST_CASE("rehearsal_network: the portal is where the profile says") {
  std::vector<std::string> notes;
  BootProfile near = at("192.168.7.9", "192.168.7.15");
  auto network = rehearsal_network(near, notes);
  CHECK(network.net == "192.168.7.0/24");
  CHECK(network.host == "192.168.7.9");
  CHECK(network.guest == "192.168.7.15");
  CHECK(network.portal.empty());
  BootProfile far = at("172.16.0.9", "192.168.7.15", 29, "192.168.7.9");
  network = rehearsal_network(far, notes);
  CHECK(network.net == "192.168.7.8/29");
  CHECK(network.host == "192.168.7.9");
  CHECK(network.portal == "172.16.0.9");
  BootProfile dhcp = at("172.16.0.9");
  network = rehearsal_network(dhcp, notes);
  CHECK(network.net == "10.0.2.0/24");
  CHECK(network.portal == "172.16.0.9");
  CHECK(notes.empty());
  CHECK(dhcp == at("172.16.0.9"));
}

TEST_CASE("rehearsal_network: what cannot be as the profile says is changed, and said") {
  std::vector<std::string> notes;
  for (const char* const portal : {"127.0.0.1", "2001:db8::9", "storage.example.org", "10.0.2.15"}) {
    CAPTURE(portal);
    BootProfile profile = at(portal);
    const auto network = rehearsal_network(profile, notes);
    if (profile.portals[0].host != portal) CHECK(network.host == profile.portals[0].host);
    CHECK(network.host != network.guest);
    CHECK(network.dns != network.host);
  }
  CHECK(notes.size() == 3);
  notes.clear();
  BootProfile six = at("192.168.7.9", "2001:db8::1", 64);
  six.vlan = 7;
  six.portals.push_back({"192.168.8.9", 3260});
  CHECK(rehearsal_network(six, notes).portal == "192.168.7.9");
  CHECK(six.dhcp);
  CHECK(six.address.empty());
  CHECK(six.vlan == 0);
  CHECK(six.portals.size() == 1);
  CHECK(notes.size() == 3);
}

TEST_CASE("rehearsal_network: none of its addresses are the same in a narrow network") {
  std::vector<std::string> notes;
  for (int number = 1; number < 7; ++number) {
    BootProfile profile = at("172.16.0.9", "10.1.1." + std::to_string(number), 29);
    const auto network = rehearsal_network(profile, notes);
    CAPTURE(network.guest);
    CHECK(network.host != network.guest);
    CHECK(network.dns != network.guest);
    CHECK(network.dns != network.host);
  }
}

TEST_CASE("rehearsal_nic") {
  preflight::BootNic nic;
  CHECK(rehearsal_nic(nic, Firmware::uefi).model == "virtio-net-pci");
  CHECK(rehearsal_nic(nic, Firmware::bios).stand_in);
  nic.driver = "8139cp";
  CHECK(rehearsal_nic(nic, Firmware::bios).model == "rtl8139");
  nic = {};
  nic.vendor = 0x8086;
  nic.device = 0x10D3;
  CHECK(rehearsal_nic(nic, Firmware::bios).model == "e1000e");
  CHECK(!rehearsal_nic(nic, Firmware::bios).stand_in);
  CHECK(rehearsal_nic(nic, Firmware::uefi).model == "virtio-net-pci");
  CHECK(rehearsal_nic(nic, Firmware::uefi).stand_in);
  nic.device = 0x100F;
  nic.driver = "e1000";
  CHECK(rehearsal_nic(nic, Firmware::bios).model == "e1000-82545em");
  nic.driver = "";
  nic.driver = "ixgbe";
  nic.device = 0x10FB;
  CHECK(rehearsal_nic(nic, Firmware::bios).stand_in);
}

TEST_CASE("machine_command") {
  preflight::RehearsalPlan plan;
  plan.profile.firmware = Firmware::bios;
  plan.profile.mac = "52:54:00:12:ab:56";
  plan.nic.model = "e1000";
  preflight::MachineFiles files = {"/d/tftp", "", "", "/d/serial", "/d/qmp", false};
  auto words = preflight::machine_command(plan, files, 32);
  CHECK(says(words, "-smp", "4"));
  CHECK(says(words, "-device", "e1000,netdev=net,mac=52:54:00:12:ab:56,bootindex=1"));
  CHECK(
      says(words, "-netdev",
           "user,id=net,ipv6=off,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.3,dhcpstart=10.0.2.15,tftp=/d/tftp,"
           "bootfile=boot.ipxe"));
  CHECK(!says(words, "-accel", "kvm"));
  plan.profile.firmware = Firmware::uefi;
  plan.nic.model = "virtio-net-pci";
  files = {"", "/code", "/vars", "/d/serial", "/d/qmp", true};
  words = preflight::machine_command(plan, files, 0);
  CHECK(says(words, "-smp", "1"));
  CHECK(says(words, "-accel", "kvm"));
  CHECK(says(words, "-drive", "if=pflash,format=raw,readonly=on,file=/code"));
  CHECK(says(words, "-drive", "if=pflash,format=raw,file=/vars"));
  CHECK(says(words, "-device", "virtio-net-pci,netdev=net,mac=52:54:00:12:ab:56,bootindex=1,romfile="));
}
