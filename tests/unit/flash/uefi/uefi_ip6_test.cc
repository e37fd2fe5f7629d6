// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_ip6.h"

#include <doctest/doctest.h>

#include "core/endian.h"
#include "flash/test_store.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"
#include "flash/uefi/uefi_iscsi.h"

using namespace san;
using namespace san::flash;
using test::Image;

namespace {

Image from_hex(const std::string& text) {
  Image out;
  for (std::size_t i = 0; i + 2 <= text.size(); i += 2)
    out.push_back(static_cast<std::byte>(std::stoul(text.substr(i, 2), nullptr, 16)));
  return out;
}

/// What OVMF (Debian 12) made for 52:54:00:12:ab:56 at its first start. The padding of records is not 0.
const Image kMade = from_hex(
    "ff7fe7ba64f803003400afaf08000000010000003000afaf04000000020000002c00afaf040000000300000001000000"
    "00000000505400fffe12ab56");

boot::BootProfile profile() {
  boot::BootProfile p;
  p.initiator = "iqn.2026-11.org.example:host1";
  p.mac = "52:54:00:12:ab:56";
  p.dhcp = false;
  p.address = "fd00:5a::15";
  p.prefix = 48;
  p.gateway = "fe80::1";
  p.portals = {{"fd00:5a::2", 3260}};
  p.target = "iqn.2026-11.org.example:golden";
  return p;
}

struct Store : VariableStore {
  Store() : VariableStore("vars.fd", test::empty_store(32 * 1024 - 72, true, 32 * 1024)) {}
  std::optional<Ip6Settings> ip6(std::uint16_t vlan = 0) const {
    const auto variable = get(ip6_variable("52:54:00:12:ab:56", vlan));
    return variable ? decode_ip6(variable->data) : std::nullopt;
  }
  void set_profile(const boot::BootProfile& p) { apply(*this, plan_iscsi(*this, settings_of(p, {}))); }
};

}  // namespace

TEST_CASE("IPv6 settings as the firmware makes them") {
  CHECK(printable(ip6_variable("52:54:00:12:ab:56", 0).name) == "52540012AB56");
  CHECK(printable(ip6_variable("52:54:00:12:ab:56", 100).name) == "52540012AB56\\0064");
  const auto made = decode_ip6(kMade);
  REQUIRE(made);
  CHECK(made->iaid == 0xBAE77FFF);
  CHECK(made->policy == Ip6Settings::Policy::manual);
  CHECK(made->addresses.empty());
  CHECK(made->others.size() == 2);
  Image plain = kMade;
  for (const std::size_t padding : {10, 22, 34}) write_at(std::span(plain), padding, le16(0));
  write_at(std::span(plain), 4, le16(0x0774));
  CHECK(encode_ip6(*made) == plain);
  CHECK(to_string(*made) == "manual, no address");
}

TEST_CASE("IPv6 settings there and back") {
  Ip6Settings settings = fresh_ip6("52:54:00:12:ab:56");
  settings.addresses = {{{0xFD, 1}, false, 64}, {{0xFD, 2}, true, 128}};
  settings.gateways = {{0xFE, 0x80}};
  settings.policy = Ip6Settings::Policy::automatic;
  CHECK(decode_ip6(encode_ip6(settings)) == settings);
  settings.policy = Ip6Settings::Policy::manual;
  CHECK(to_string(settings) == "manual, fd01::/64, fd02::/128, gateway fe80::");
}

TEST_CASE("damaged IPv6 settings") {
  for (std::size_t n = 0; n < kMade.size(); ++n) CHECK_FALSE(decode_ip6(std::span(kMade).first(n)));
  Image flipped = kMade;
  flipped[50] ^= std::byte{1};
  CHECK_FALSE(decode_ip6(flipped));
  // A record that reaches past the end, and one that lies over another; the sum is made right again.
  for (const auto& [at, value] : {std::pair<std::size_t, unsigned>{8, 60}, {12, 60}, {12, 61}}) {
    Image image = kMade;
    const unsigned was = std::to_integer<unsigned>(image[at]);
    image[at] = static_cast<std::byte>(value);
    const unsigned sum = *read_at<le16>(image, 4) + was - value;
    write_at(std::span(image), 4, le16(static_cast<std::uint16_t>(sum + (sum >> 16 != 0 ? 0xFFFF : 0))));
    CHECK_FALSE(decode_ip6(image));
  }
}

TEST_CASE("IPv6: a profile with an address of its own") {
  Store store;
  store.set(ip6_variable("52:54:00:12:ab:56", 0), kNonVolatile | kBootService, kMade);
  store.set_profile(profile());
  const auto now = store.ip6();
  REQUIRE(now);
  CHECK(to_string(*now) == "manual, fd00:5a::15/48, gateway fe80::1");
  CHECK(now->iaid == 0xBAE77FFF);
  CHECK(now->others == decode_ip6(kMade)->others);
  const auto image = store.image();
  store.set_profile(profile());
  CHECK(store.image() == image);  // nothing to do
  // What somebody has added in the firmware's menu stays.
  auto more = *now;
  more.addresses.push_back({{0xFD, 9}, false, 64});
  store.set(ip6_variable("52:54:00:12:ab:56", 0), kNonVolatile | kBootService, encode_ip6(more));
  store.set_profile(profile());
  CHECK(store.ip6() == more);
  FlashSettings lun;
  lun.lun = 3;
  UefiFlash flash(store, [](const VariableStore&, const VariableStore&) {});
  CHECK(flash.set(lun, 1).size() == 1);  // of Linux
  CHECK(flash.changes().size() == 1);
}

TEST_CASE("IPv6: by itself, on a VLAN, and where nothing was") {
  Store store;
  auto p = profile();
  p.vlan = 100;
  store.set_profile(p);
  CHECK(store.ip6(100));
  CHECK_FALSE(store.ip6());
  p.dhcp = true;
  p.address = p.gateway = "";
  store.set_profile(p);
  CHECK(to_string(*store.ip6(100)) == "automatic");
  CHECK(uefi_findings(store).empty());
  Ip6Settings none = *store.ip6(100);
  none.policy = Ip6Settings::Policy::manual;
  store.set(ip6_variable(p.mac, 100), kNonVolatile | kBootService, encode_ip6(none));
  REQUIRE(uefi_findings(store).size() == 1);
  CHECK(uefi_findings(store)[0].text.ends_with("settings for this NIC are manual, with no address"));
  p.portals = {{"fe80::2", 3260}};
  store.set_profile(p);
  store.set(ip6_variable(p.mac, 100), kNonVolatile | kBootService, encode_ip6(none));
  CHECK(uefi_findings(store).empty());  // link-local addresses are there always
}

TEST_CASE("IPv6: another address makes another entry") {
  Store store;
  store.set_profile(profile());
  const auto removes_order = [&](const boot::BootProfile& p) {
    for (const VariableEdit& edit : plan_iscsi(store, settings_of(p, {})).edits)
      if (printable(edit.id.name) == "BootOrder" && edit.data.empty()) return true;
    return false;
  };
  // MAC address, IPv6 with the portal, iSCSI.
  const Image entry = from_hex(
      "01000000960064000000030b250052540012ab56" + std::string(54, '0') + "030d3c00" + std::string(32, '0') +
      "fd00005a0000000000000000000000020000bc0c06000000" + std::string(32, '0') + "0313310000000008" +
      std::string(20, '0') + "69716e2e323032362d31312e6f72672e6578616d706c653a676f6c64656e007fff0400");
  store.set({u"BootOrder", kGlobalVariable}, 7, from_hex("0100"));
  store.set({u"Boot0001", kGlobalVariable}, 7, entry);
  CHECK(removes_order(profile()));  // whence the entry is, nobody knows
  IscsiAttempt attempt = read_iscsi(store).attempts[0];
  attempt.logged_in = true;
  store.set({u"Attempt 1", kAttemptVendor}, 3, encode_attempt(attempt));
  CHECK_FALSE(removes_order(profile()));
  auto p = profile();
  p.address = "fd00:5a::16";
  CHECK(removes_order(p));
}
