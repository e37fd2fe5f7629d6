// SPDX-License-Identifier: Apache-2.0
#include "os/linux/network.h"

#include <doctest/doctest.h>

using namespace san::os;
using Way = NicSetting::Way;

TEST_CASE("ifupdown") {
  const auto settings = parse_interfaces(
      "auto lo\niface lo inet loopback\nallow-hotplug eth0\niface eth0 inet dhcp\niface eth0 inet6 "
      "auto\niface eth1 inet "
      "static\n  address 10.0.0.5/24\niface eth2 inet manual\n",
      "/etc/network/interfaces");
  REQUIRE(settings.size() == 3);
  CHECK(settings[0].interface == "eth0");
  CHECK(settings[0].way == Way::dhcp);
  CHECK(settings[0].automatic);
  CHECK(settings[0].where == "/etc/network/interfaces:4");
  CHECK(settings[1].way == Way::fixed);
  CHECK(settings[1].address == "10.0.0.5");
  CHECK(!settings[1].automatic);
  CHECK(settings[2].way == Way::leave);
}

TEST_CASE("NetworkManager") {
  const auto settings = parse_nm_connection(
      "[connection]\nid=a\ntype=ethernet\n[ethernet]\nmac-address=52:54:00:AA:BB:CC\n[ipv4]\nmethod="
      "manual\naddress1=10.0.0.5/24,10.0.0.1\n",
      "c");
  REQUIRE(settings.size() == 1);
  CHECK(settings[0].mac == "52:54:00:aa:bb:cc");
  CHECK(settings[0].way == Way::fixed);
  CHECK(settings[0].address == "10.0.0.5");
  CHECK(settings[0].kept);
  CHECK(parse_nm_connection("[connection]\ntype=wifi\n", "c").empty());
}

TEST_CASE("systemd-networkd") {
  const auto settings =
      parse_networkd("[Match]\nName=en*\n[Network]\nDHCP=ipv4\nKeepConfiguration=yes\n", "n");
  REQUIRE(settings.size() == 1);
  CHECK(settings[0].interface == "en*");
  CHECK(settings[0].way == Way::dhcp);
  CHECK(settings[0].kept);
  CHECK(!parse_networkd("[Match]\nName=en*\n[Network]\nAddress=10.0.0.5/24\n", "n")[0].kept);
  CHECK(parse_networkd("[Match]\nType=wlan\n[Network]\nDHCP=yes\n", "n").empty());
}

TEST_CASE("netplan") {
  const auto settings = parse_netplan(
      "# by the installer\nnetwork:\n  version: 2\n  ethernets:\n    ens3:\n      dhcp4: true\n      "
      "critical: true\n    lan:\n"
      "      match:\n        macaddress: \"52:54:00:AA:BB:CC\"\n      addresses:\n        - 10.0.0.5/24\n    "
      "    - fd00::5/64\n"
      "    en9: \n      addresses: [10.0.0.6/24]\n  wifis:\n    wl0:\n      dhcp4: true\n",
      "p");
  REQUIRE(settings.size() == 3);
  CHECK(settings[0].interface == "ens3");
  CHECK(settings[0].way == Way::dhcp);
  CHECK(settings[0].kept);
  CHECK(settings[0].where == "p:5");
  CHECK(settings[1].interface == "");
  CHECK(settings[1].mac == "52:54:00:aa:bb:cc");
  CHECK(settings[1].address == "10.0.0.5");
  CHECK(settings[2].address == "10.0.0.6");
  CHECK(settings[2].way == Way::fixed);
}

TEST_CASE("ifcfg") {
  const auto settings =
      parse_ifcfg("DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=none\nIPADDR=10.0.0.5\n", "/x/ifcfg-eth0");
  REQUIRE(settings.size() == 1);
  CHECK(settings[0].way == Way::fixed);
  CHECK(settings[0].automatic);
  CHECK(parse_ifcfg("DEVICE=lo\n", "/x/ifcfg-lo").empty());
}
