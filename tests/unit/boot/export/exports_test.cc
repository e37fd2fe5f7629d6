// SPDX-License-Identifier: Apache-2.0
#include "boot/export/exports.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "boot/profile/root_path.h"
#include "boot/static_profile.h"
#include "core/endian.h"
#include "core/error.h"

using namespace san;
using namespace san::boot;

namespace {

BootProfile profile() {
  BootProfile p = static_profile();
  p.lun = 16;
  return p;
}

const iscsi::Credentials kNone;
const iscsi::Credentials kMutual{"", "host1", "hostsecret1234", "disk1", "disksecret1234"};

template <typename F>
std::string error_of(F&& make) {
  try {
    make();
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    return error.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return true;
  MESSAGE(text);
  return false;
}

std::string string_at(const std::vector<std::byte>& table, std::size_t at) {
  const std::size_t length = *read_at<le16>(table, at), offset = *read_at<le16>(table, at + 2);
  REQUIRE(offset + length < table.size());
  CHECK(table[offset + length] == std::byte{0});
  return {reinterpret_cast<const char*>(table.data()) + offset, length};
}

unsigned octet(const std::vector<std::byte>& table, std::size_t at) {
  return std::to_integer<unsigned>(table.at(at));
}

}  // namespace

TEST_CASE("root paths") {
  BootProfile p = profile();
  CHECK(root_path(p, p.portals[0]) == "iscsi:10.0.2.3::13260:10:iqn.2026-11.org.example:golden");
  p.lun = 256;
  CHECK(root_path(p, {"2001:db8::1", 3260}) ==
        "iscsi:[2001:db8::1]::3260:4100:iqn.2026-11.org.example:golden");
  CHECK(host_name(p) == "host1");
  p.initiator = "iqn.2026-11.org.example:a_b";
  CHECK(host_name(p).empty());
  p.initiator = "eui.0123456789abcdef";
  CHECK(host_name(p).empty());
}

TEST_CASE("iPXE: static address, mutual CHAP, two paths") {
  BootProfile p = profile();
  p.portals.push_back({"10.0.2.4", 3260});
  const std::string script = ipxe_script(p, kMutual);
  CHECK(script.starts_with("#!ipxe\n# This file holds CHAP secrets"));
  CHECK(contains(script, "iseq ${net${nic}/mac} 52:54:00:12:ab:56 && goto found ||\n"));
  CHECK(contains(script, "set net${nic}/netmask 255.255.240.0\n"));
  CHECK(contains(script, "set net${nic}/gateway 10.0.2.2\n"));
  CHECK(contains(script, "set username host1\nset password hostsecret1234\nset reverse-username disk1\n"));
  CHECK(contains(script,
                 "sanboot --drive 0x80 iscsi:10.0.2.3::13260:10:iqn.2026-11.org.example:golden "
                 "iscsi:10.0.2.4::3260:10:iqn.2026-11.org.example:golden || goto failed\n"));
}

TEST_CASE("iPXE: DHCP, VLAN, no secrets, no address of the NIC") {
  BootProfile p = profile();
  p.dhcp = true;
  p.mac.clear();
  p.vlan = 100;
  const std::string script = ipxe_script(p, kNone);
  CHECK_FALSE(script.find("secrets") != std::string::npos);
  CHECK(contains(script, "vcreate --tag 100 net0 || goto failed\nifconf --configurator dhcp net0-100"));
  CHECK_FALSE(script.find("username") != std::string::npos);
}

TEST_CASE("iPXE: what its command line and its iBFT cannot hold") {
  for (const char* secret : {"two words 1234", "-leadingdash1", "with${expansion}", "caf\xC3\xA9 au lait"}) {
    iscsi::Credentials auth = kMutual;
    auth.secret = secret;
    CHECK(contains(error_of([&] { ipxe_script(profile(), auth); }), "ipxe cannot carry it"));
  }
  BootProfile p = profile();
  p.portals = {{"2001:db8::1", 3260}};
  CHECK(contains(error_of([&] { ipxe_script(p, kNone); }), "the portal 2001:db8::1 is IPv6"));
  p = profile();
  p.portals.resize(3, p.portals[0]);
  CHECK(contains(error_of([&] { ipxe_script(p, kNone); }), "there are 3 portals"));
  p = profile();
  p.priority = Priority::disabled;
  CHECK(contains(error_of([&] { ipxe_script(p, kNone); }), "disabled"));

  p = profile();
  p.firmware = Firmware::bios;
  p.initiator = "iqn.2026-11.org.example:" + std::string(103, 'i');  // 127 bytes and a NUL
  p.target = "iqn.2026-11.org.example:" + std::string(103, 't');     // the same
  CHECK(contains(ipxe_script(p, kNone), "sanboot"));
  p.target += 't';
  CHECK(contains(error_of([&] { ipxe_script(p, kNone); }),
                 "take 257 bytes of iPXE's iBFT (those of the target once a portal), which has 256"));
  p.firmware = Firmware::uefi;
  CHECK(contains(ipxe_script(p, kNone), "sanboot"));
}

TEST_CASE("the host name that DHCP gives takes room in iPXE's iBFT, too") {
  BootProfile p = profile();
  p.firmware = Firmware::bios;
  p.initiator = "iqn.2026-11.org.example:host1";                  // 30, and 6 of host1
  p.target = "iqn.2026-11.org.example:" + std::string(196, 't');  // 221
  CHECK(contains(ipxe_script(p, kNone), "sanboot"));
  CHECK(contains(error_of([&] { dnsmasq_fragment(p, kNone); }), "take 257 bytes"));
}

TEST_CASE("dnsmasq") {
  const std::string text = dnsmasq_fragment(profile(), kMutual);
  CHECK(contains(text, "\ndhcp-host=52:54:00:12:ab:56,set:sanboot-52540012ab56,10.0.2.15,host1\n"));
  CHECK(
      contains(text, "\ndhcp-option=tag:sanboot-52540012ab56,option:root-path,\"iscsi:10.0.2.3::13260:10:"));
  CHECK(contains(text, "\ndhcp-option=tag:sanboot-52540012ab56,203,\"iqn.2026-11.org.example:host1\"\n"));
  CHECK(contains(text, ",encap:175,191,\"hostsecret1234\"\n"));
  CHECK(contains(text, ",encap:175,193,\"disksecret1234\"\n"));
  CHECK(contains(text, "# This file holds CHAP secrets"));
  CHECK_FALSE(dnsmasq_fragment(profile(), kNone).find("175") != std::string::npos);
  BootProfile p = profile();
  p.portals.push_back({"10.0.2.4", 3260});
  CHECK(contains(dnsmasq_fragment(p, kNone), ",vendor:QLGC ISAN,202,\"iscsi:10.0.2.4::3260:10:"));
  p.mac.clear();
  CHECK(contains(error_of([&] { dnsmasq_fragment(p, kNone); }), "no MAC address"));
}

TEST_CASE("dhcpd, and text that would end its quotes") {
  const std::string text = dhcpd_fragment(profile(), kMutual);
  CHECK(contains(text, "  hardware ethernet 52:54:00:12:ab:56;\n  fixed-address 10.0.2.15;\n"));
  CHECK(contains(text, "  option ipxe.reverse-password \"disksecret1234\";\n"));
  iscsi::Credentials auth = kMutual;
  auth.secret = "\"; shutdown; \"";
  CHECK(contains(error_of([&] { dhcpd_fragment(profile(), auth); }), "a quote"));
  auth = kMutual;
  auth.user = auth.target_user = std::string(120, 'u');
  CHECK(contains(error_of([&] { dhcpd_fragment(profile(), auth); }), "take 276 bytes"));
}

TEST_CASE("Kea") {
  const std::string text = kea_fragment(profile(), kMutual);
  const auto json = nlohmann::json::parse(text, nullptr, true, true);
  const auto& reservation = json.at("Dhcp4").at("reservations").at(0);
  CHECK(reservation.at("hw-address") == "52:54:00:12:ab:56");
  CHECK(reservation.at("hostname") == "host1");
  CHECK(reservation.at("option-data").size() == 7);
  CHECK(reservation.at("option-data").at(4).at("data") == "hostsecret1234");
  iscsi::Credentials comma = kMutual;
  comma.secret = "host,secret1";
  const auto option = nlohmann::json::parse(kea_fragment(profile(), comma), nullptr, true, true)
                          .at("Dhcp4")
                          .at("reservations")
                          .at(0)
                          .at("option-data")
                          .at(4);
  CHECK(option.at("data") == "686F73742C73656372657431");
  CHECK(option.at("csv-format") == false);
  BootProfile p = profile();
  p.portals.push_back({"10.0.2.4", 3260});
  const auto two = nlohmann::json::parse(kea_fragment(p, kNone), nullptr, true, true);
  const auto& isan = two.at("Dhcp4").at("client-classes").at(0);
  CHECK(isan.at("test") == "pkt4.mac == 0x52540012ab56 and substring(option[60].text, 5, 4) == 'ISAN'");
  CHECK(isan.at("option-data").size() == 4);
  CHECK(isan.at("option-data").at(2).at("data") == root_path(p, p.portals[1]));
  p.portals.push_back({"10.0.2.5", 3260});
  CHECK(contains(error_of([&] { kea_fragment(p, kNone); }), "kea cannot carry it: there are 3 portals"));
}

TEST_CASE("option 43 has 255 bytes for paths and name") {
  BootProfile p = profile();
  p.target = "iqn.2026-11.org.example:" + std::string(180, 't');
  for (const auto make : {dnsmasq_fragment, dhcpd_fragment, kea_fragment}) {
    const std::string text = make(p, kNone);
    CHECK(contains(text, "There is no option 43"));
    CHECK_FALSE(contains(text, "ISAN"));
    BootProfile two = p;
    two.portals.push_back({"10.0.2.4", 3260});
    CHECK(contains(error_of([&] { make(two, kNone); }), "take 492 bytes of 255"));
  }
}

TEST_CASE("iBFT: offsets, flags and sum, by the table of the specification") {
  BootProfile p = profile();
  p.vlan = 100;
  p.portals.push_back({"2001:db8::1", 3261});
  const std::vector<std::byte> t = ibft(p, kMutual);
  CHECK(std::string(reinterpret_cast<const char*>(t.data()), 4) == "iBFT");
  CHECK(*read_at<le32>(t, 4) == t.size());
  CHECK(octet(t, 8) == 1);
  unsigned sum = 0;
  for (const std::byte b : t) sum += std::to_integer<unsigned>(b);
  CHECK(sum % 256 == 0);
  CHECK(octet(t, 48) == 1);
  CHECK(*read_at<le16>(t, 50) == 18);
  const std::size_t initiator = *read_at<le16>(t, 48 + 8), nic = *read_at<le16>(t, 48 + 10),
                    target = *read_at<le16>(t, 48 + 12), second = *read_at<le16>(t, 48 + 16);
  CHECK(*read_at<le16>(t, 48 + 14) == 0);
  CHECK(second + 48 < t.size());  // Linux passes over what begins in the last 48 bytes

  CHECK(octet(t, initiator) == 2);
  CHECK(*read_at<le16>(t, initiator + 2) == 74);
  CHECK(octet(t, initiator + 5) == 3);
  CHECK(string_at(t, initiator + 70) == p.initiator);

  CHECK(octet(t, nic) == 3);
  CHECK(*read_at<le16>(t, nic + 2) == 102);
  CHECK(*read_at<be32>(t, nic + 6 + 12) == 0x0A00020F);
  CHECK(*read_at<be16>(t, nic + 6 + 10) == 0xFFFF);
  CHECK(octet(t, nic + 22) == 20);
  CHECK(octet(t, nic + 23) == 1);
  CHECK(*read_at<be32>(t, nic + 24 + 12) == 0x0A000202);
  CHECK(*read_at<le16>(t, nic + 88) == 100);
  CHECK(*read_at<be32>(t, nic + 90) == 0x52540012);
  CHECK(string_at(t, nic + 98) == "host1");

  CHECK(octet(t, target) == 4);
  CHECK(*read_at<le16>(t, target + 2) == 54);
  CHECK(*read_at<be32>(t, target + 6 + 12) == 0x0A000203);
  CHECK(*read_at<le16>(t, target + 22) == 13260);
  CHECK(octet(t, target + 25) == 16);
  CHECK(octet(t, target + 32) == 2);
  CHECK(string_at(t, target + 34) == p.target);
  CHECK(string_at(t, target + 38) == "host1");
  CHECK(string_at(t, target + 42) == "hostsecret1234");
  CHECK(string_at(t, target + 46) == "disk1");
  CHECK(string_at(t, target + 50) == "disksecret1234");
  CHECK(octet(t, second + 4) == 1);
  CHECK(*read_at<be32>(t, second + 6) == 0x20010DB8);

  const std::vector<std::byte> plain = ibft(profile(), kNone);
  CHECK(octet(plain, *read_at<le16>(plain, 60) + 32) == 0);
  p.portals = {{"disk.example.org", 3260}};
  CHECK(contains(error_of([&] { ibft(p, kNone); }), "\"disk.example.org\" is not an address"));
}
