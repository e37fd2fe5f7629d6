// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_iscsi.h"

#include <doctest/doctest.h>

#include <string>

#include "boot/static_profile.h"
#include "core/endian.h"
#include "core/error.h"
#include "flash/test_store.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"
#include "flash/uefi/uefi_vlan.h"

using namespace san;
using namespace san::flash;
using test::bytes;
using test::Image;

namespace {

boot::BootProfile profile() {
  boot::BootProfile p = static_profile();
  p.lun = 1;
  return p;
}

VariableStore empty() {
  return {"vars.fd", test::empty_store(32 * 1024 - 72, true, 32 * 1024)};
}

std::vector<IscsiAttempt> attempts(const boot::BootProfile& p, const iscsi::Credentials& auth = {}) {
  return attempts_for(settings_of(p, auth), p.path);
}

UefiChange plan(const VariableStore& store, const boot::BootProfile& p) {
  return plan_iscsi(store, settings_of(p, {}));
}

std::string error_of(const boot::BootProfile& p, const iscsi::Credentials& auth = {}) {
  try {
    attempts(p, auth);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    return error.what();
  }
  return "no error";
}

void contains(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

using Order = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("a profile in a store that never booted") {
  VariableStore store = empty();
  const UefiChange change = plan(store, profile());
  CHECK(change.notes.empty());
  apply(store, change);
  const UefiIscsi now = read_iscsi(store);
  CHECK(now.booted);  // or the driver would make all attempts anew
  CHECK(now.initiator == "iqn.2026-11.org.example:host1");
  CHECK(now.order == Order{1});
  REQUIRE(now.attempts.size() == 8);
  const IscsiAttempt& a = now.attempts[0];
  CHECK(a.name == "Attempt 1");
  CHECK(a.active);
  CHECK(a.mac == "52:54:00:12:AB:56");
  CHECK(a.mode == IscsiAttempt::Mode::single);
  CHECK(a.ip == IscsiAttempt::Ip::v4);
  CHECK(a.local == IscsiAttempt::Address{10, 0, 2, 15});
  CHECK(a.mask == std::array<std::uint8_t, 4>{255, 255, 240, 0});
  CHECK(a.gateway == IscsiAttempt::Address{10, 0, 2, 2});
  CHECK(a.target_address == IscsiAttempt::Address{10, 0, 2, 3});
  CHECK(a.port == 13260);
  CHECK_FALSE(a.initiator_dhcp);
  CHECK(a.auth == Auth::none);
  CHECK(a.lun == std::array<std::uint8_t, 8>{0, 1});
  CHECK(a.isid == std::array<std::uint8_t, 6>{0x12, 0x54, 0x00, 0x12, 0xAB, 0x56});
  for (std::uint8_t i = 2; i <= 8; ++i) CHECK(now.attempts[i - 1] == fresh_attempt(i));
  CHECK(store.get({u"InitialAttemptOrder", kOrderVendor})->data == bytes("\1\2\3\4\5\6\7\10"));
  CHECK(store.get({u"I_NAME", kAttemptVendor})->data ==
        bytes(std::string("iqn.2026-11.org.example:host1") + '\0'));
  for (const Variable& v : store.variables()) CHECK(v.attributes == 3);

  const Image before = store.image();
  apply(store, plan(store, profile()));  // twice is once
  CHECK(store.image() == before);
}

TEST_CASE("CHAP and mutual CHAP") {
  const iscsi::Credentials chap{"", "host1", "hostsecret1234", "", ""};
  const IscsiAttempt one = attempts(profile(), chap)[0];
  CHECK(one.auth == Auth::chap);
  CHECK(one.user == "host1");
  CHECK(one.secret == "hostsecret1234");
  const IscsiAttempt two = attempts(profile(), {"", "host1", "hostsecret1234", "disk", "disksecret1234"})[0];
  CHECK(two.auth == Auth::mutual_chap);
  CHECK(two.target_user == "disk");
  CHECK(two.target_secret == "disksecret1234");
  contains(error_of(profile(), {"", "host1", "short", "", ""}),
           "has 5 bytes, and the firmware takes 12 to 16");
  contains(error_of(profile(), {"", std::string(127, 'u'), "hostsecret1234", "", ""}), "127 bytes");
  contains(error_of(profile(), {"", "", "", "disk", "disksecret1234"}), "without a CHAP user of the machine");
}

TEST_CASE("what the firmware's initiator cannot carry") {
  boot::BootProfile p = profile();
  p.mac.clear();
  contains(error_of(p), "host1.toml: the profile has no MAC address");
  p = profile();
  p.portals = {{"10.0.2.3"}, {"10.0.2.4"}, {"10.0.2.5"}};
  contains(error_of(p), "there are 3 portals, and Linux reads an iBFT of at most 2");
  p = profile();
  p.portals = {{"disk.example.org"}};
  contains(error_of(p), "no name server");
  p.dhcp = true;
  CHECK(attempts(p)[0].url == "disk.example.org");
  p = profile();
  p.portals = {{"2001:db8::1"}};
  contains(error_of(p), "the machine's address 10.0.2.15 is IPv4, and a portal is IPv6");
  p.address = "2001:db8::15";
  CHECK(attempts(p)[0].local == IscsiAttempt::Address{});  // see "IPv6"
  p.portals = {{"10.0.2.3"}};
  contains(error_of(p), "the machine's address 2001:db8::15 is IPv6, and a portal is IPv4");
  p.portals = {{"2001:db8::1"}};
  p.dhcp = true;
  p.address.clear();
  const IscsiAttempt v6 = attempts(p)[0];
  CHECK(v6.ip == IscsiAttempt::Ip::v6);
  CHECK_FALSE(v6.initiator_dhcp);
  CHECK(v6.target_address[0] == 0x20);
}

TEST_CASE("the machine's address by DHCP") {
  boot::BootProfile p = profile();
  p.dhcp = true;
  p.address.clear();
  CHECK(attempts(p)[0].initiator_dhcp);
  CHECK(attempts(p)[0].local == IscsiAttempt::Address{});
  // EDK2 (NetworkPkg/IScsiDxe/IScsiDhcp.c) wants a root path only for a target by DHCP.
  CHECK(plan(empty(), p).notes.empty());
}

TEST_CASE("large LUNs are addressed in flat space") {
  boot::BootProfile p = profile();
  p.lun = 255;
  CHECK(attempts(p)[0].lun == std::array<std::uint8_t, 8>{0, 255});
  p.lun = 0x1234;
  CHECK(attempts(p)[0].lun == std::array<std::uint8_t, 8>{0x52, 0x34});
}

TEST_CASE("two portals are two attempts for multipath") {
  VariableStore store = empty();
  boot::BootProfile p = profile();
  p.portals = {{"10.0.2.3", 3260}, {"10.0.2.4", 3261}};
  apply(store, plan(store, p));
  UefiIscsi now = read_iscsi(store);
  CHECK(now.order == Order{1, 2});
  CHECK(now.attempts[0].mode == IscsiAttempt::Mode::multipath);
  CHECK(now.attempts[1].mode == IscsiAttempt::Mode::multipath);
  CHECK(now.attempts[1].port == 3261);
  CHECK(now.attempts[1].name == "Attempt 2");

  apply(store, plan(store, profile()));  // back to one: the second is as it was at first
  now = read_iscsi(store);
  CHECK(now.order == Order{1});
  CHECK(now.attempts[0].mode == IscsiAttempt::Mode::single);
  CHECK(now.attempts[1] == fresh_attempt(2));
}

TEST_CASE("other NICs keep their attempts") {
  VariableStore store = empty();
  apply(store, plan(store, profile()));
  boot::BootProfile other = profile();
  other.mac = "52:54:00:00:00:02";
  other.initiator = "iqn.2026-11.org.example:other";
  other.priority = boot::Priority::secondary;
  UefiChange change = plan(store, other);
  REQUIRE(change.notes.size() == 1);
  contains(change.notes[0], "one for all NICs");
  apply(store, change);
  CHECK(read_iscsi(store).order == Order{1, 2});
  other.priority = boot::Priority::primary;
  apply(store, plan(store, other));
  CHECK(read_iscsi(store).order == Order{2, 1});

  boot::BootProfile third = profile();
  third.mac = "52:54:00:00:00:03";
  try {
    plan(store, third);
    FAIL("three attempts");
  } catch (const Error& error) {
    CHECK(error.code() == Exit::refused);
    contains(error.what(), "3 attempts would be on, and Linux reads an iBFT of at most 2");
  }
  third.priority = boot::Priority::disabled;
  apply(store, plan(store, third));
  UefiIscsi now = read_iscsi(store);
  CHECK(now.order == Order{2, 1});
  CHECK(now.attempts[2].mode == IscsiAttempt::Mode::off);
  CHECK(now.attempts[2].target == third.target);

  apply(store, plan_clear(store, profile().mac));
  now = read_iscsi(store);
  CHECK(now.order == Order{2});
  CHECK(now.attempts[0] == fresh_attempt(1));
  CHECK(now.initiator == "iqn.2026-11.org.example:other");
  apply(store, plan_clear(store, ""));
  now = read_iscsi(store);
  CHECK(now.order.empty());
  CHECK_FALSE(store.get({u"AttemptOrder", kOrderVendor}));
  CHECK(now.initiator.empty());
  CHECK(now.attempts[1] == fresh_attempt(2));
}

TEST_CASE("a NIC that is disabled is tried no more") {
  VariableStore store = empty();
  apply(store, plan(store, profile()));
  boot::BootProfile p = profile();
  p.priority = boot::Priority::disabled;
  apply(store, plan(store, p));
  CHECK_FALSE(store.get({u"AttemptOrder", kOrderVendor}));
  CHECK(read_iscsi(store).attempts[0].mode == IscsiAttempt::Mode::off);
}

TEST_CASE("a VLAN is in the address, and on the firmware's list of VLANs") {
  VariableStore store = empty();
  boot::BootProfile p = profile();
  p.vlan = 100;
  const VariableName list{u"52540012AB56", kVlanVendor};
  store.set(list, 3, bytes(std::string("\x05\x20", 2)));  // VLAN 5, priority 1
  apply(store, plan(store, p));
  CHECK(read_iscsi(store).attempts[0].mac == "52:54:00:12:AB:56");
  CHECK(read_iscsi(store).attempts[0].vlan == 100);
  CHECK(stored_nic(read_iscsi(store).attempts[0]) == "52:54:00:12:AB:56\\0064");
  CHECK(store.get(list)->data == bytes(std::string("\x05\x20\x64\0", 4)));
  apply(store, plan(store, p));
  CHECK(store.get(list)->data.size() == 4);
  p.vlan = 0;  // the same NIC: its attempt is used again
  apply(store, plan(store, p));
  CHECK(read_iscsi(store).order == Order{1});
  CHECK(read_iscsi(store).attempts[0].mac == "52:54:00:12:AB:56");
  CHECK(read_iscsi(store).attempts[0].vlan == 0);
  // VLAN 100 was ours; VLAN 5 is somebody else's, and with it the firmware has no ear for untagged frames.
  CHECK(store.get(list)->data == bytes(std::string("\x05\x20", 2)));
  const auto findings = uefi_findings(store);
  REQUIRE_FALSE(findings.empty());
  contains(findings[0].text, "it is for no VLAN, and the firmware has a list of VLANs");
}

TEST_CASE("a list of VLANs that nobody needs any more is removed") {
  VariableStore store = empty();
  boot::BootProfile p = profile();
  p.vlan = 100;
  const VariableName list{u"52540012AB56", kVlanVendor};
  apply(store, plan(store, p));
  CHECK(uefi_findings(store).empty());
  VariableStore cleared = store;
  apply(cleared, plan_clear(cleared, ""));
  CHECK_FALSE(cleared.get(list));
  cleared = store;
  apply(cleared, plan_clear(cleared, "52:54:00:12:ab:56"));
  CHECK_FALSE(cleared.get(list));
  p.vlan = 7;
  apply(store, plan(store, p));
  CHECK(store.get(list)->data == bytes(std::string("\7\0", 2)));
  p.vlan = 0;
  apply(store, plan(store, p));
  CHECK_FALSE(store.get(list));
  CHECK(uefi_findings(store).empty());
}

TEST_CASE("an attempt whose address the driver does not write is skipped by it, and that is said") {
  VariableStore store = empty();
  apply(store, plan(store, profile()));
  const VariableName id{u"Attempt 1", kAttemptVendor};
  const IscsiAttempt good = *decode_attempt(store.get(id)->data);
  const auto found = [&](const std::string& mac) {
    IscsiAttempt attempt = good;
    attempt.mac = mac;
    store.set(id, 3, encode_attempt(attempt));
    const auto findings = uefi_findings(store);
    return findings.empty() ? std::string() : findings[0].text;
  };
  CHECK(found(good.mac).empty());
  contains(found("52:54:00:12:AB:56\\00ff"), "is not a MAC address with colons: the driver skips it");
  contains(found("52:54:00:12:ab:56"), "the driver wants upper case");
}

TEST_CASE("what was tuned in the firmware's menu stays") {
  VariableStore store = empty();
  apply(store, plan(store, profile()));
  IscsiAttempt attempt = read_iscsi(store).attempts[0];
  CHECK(attempt.timeout == 5000);
  attempt.timeout = 20000;
  attempt.isid = {0x40, 0, 0, 1, 2, 3};
  store.set({u"Attempt 1", kAttemptVendor}, 3, encode_attempt(attempt));
  boot::BootProfile p = profile();
  p.lun = 2;
  apply(store, plan(store, p));
  CHECK(read_iscsi(store).attempts[0].timeout == 20000);
  CHECK(read_iscsi(store).attempts[0].isid == attempt.isid);
  CHECK(read_iscsi(store).attempts[0].lun[1] == 2);
}

TEST_CASE("the machine's name alone needs no NIC") {
  UefiFlash flash(empty(), [](const auto&, const auto&) {});
  FlashSettings settings;
  settings.initiator = "iqn.2026-11.org.example:host1";
  CHECK(flash.set(settings, 1).empty());
  REQUIRE(flash.changes().size() == 1);
  CHECK(flash.changes()[0].after == "iqn.2026-11.org.example:host1");
}

TEST_CASE("an attempt that says more than a profile can is not written over by halves") {
  VariableStore store = empty();
  apply(store, plan(store, profile()));
  IscsiAttempt attempt = read_iscsi(store).attempts[0];
  FlashSettings settings;
  settings.vlan = 3;
  const auto refusal = [&](const IscsiAttempt& there) -> std::string {
    VariableStore copy = store;
    copy.set({u"Attempt 1", kAttemptVendor}, 3, encode_attempt(there));
    try {
      UefiFlash(copy, [](const auto&, const auto&) {}).set(settings, 1);
    } catch (const Error& error) {
      CHECK(error.code() == Exit::refused);
      return error.what();
    }
    return "no error";
  };
  CHECK(refusal(attempt) == "no error");
  attempt.target_dhcp = true;
  contains(refusal(attempt), "attempt 1 has its target from DHCP");
  attempt.target_dhcp = false;
  attempt.ip = IscsiAttempt::Ip::automatic;
  contains(refusal(attempt), "attempt 1 finds out by itself whether to use IPv4 or IPv6");
  attempt.ip = IscsiAttempt::Ip::v4;
  attempt.auth = Auth::kerberos;
  contains(refusal(attempt), "attempt 1 logs in by Kerberos");
  settings.auth = Auth::none;
  CHECK(refusal(attempt) == "no error");
}

TEST_CASE("primary: entries that stand before the disk") {
  VariableStore store = empty();
  store.set({u"BootOrder", kGlobalVariable}, 7, bytes(std::string("\0\0\1\0", 4)));
  const UefiChange change = plan(store, profile());
  REQUIRE(change.notes.size() == 1);
  contains(change.notes[0], "BootOrder (2 entries, none of which is this disk by these settings) is removed");
  VariableStore changed = store;
  apply(changed, change);
  CHECK_FALSE(boot_entries(changed));

  boot::BootProfile second = profile();
  second.priority = boot::Priority::secondary;
  apply(store, plan(store, second));
  CHECK(boot_entries(store)->size() == 2);
}

TEST_CASE("a change that does not fit leaves everything as it was") {
  VariableStore store("vars.fd", test::empty_store(4096, true));
  const Image before = store.image();
  CHECK_THROWS_AS(apply(store, plan(store, profile())), Error);
  CHECK(store.image() == before);
}

TEST_CASE("without the store: what a shell script has to set") {
  const UefiChange change = plan_iscsi_blind(settings_of(profile(), {}), "settings");
  std::vector<std::u16string> names;
  for (const VariableEdit& edit : change.edits) names.push_back(edit.id.name);
  CHECK(names == std::vector<std::u16string>{u"Attempt 1", u"I_NAME", u"BootOrder", u"AttemptOrder"});
}

TEST_CASE("single settings are laid over those of the store") {
  VariableStore store = empty();
  boot::BootProfile p = profile();
  p.vlan = 100;
  p.priority = boot::Priority::secondary;
  apply(store, plan_iscsi(store, settings_of(p, {"", "host1", "hostsecret1234", "disk", "disksecret1234"})));
  const auto merged = [&](const FlashSettings& settings) {
    return merge_settings(read_iscsi(store), p.mac, settings, "vars.fd");
  };
  const FlashSettings there = merged({});
  CHECK(there.initiator == p.initiator);
  CHECK(there.mac == p.mac);
  CHECK(there.dhcp == false);
  CHECK(there.address == p.address);
  CHECK(there.prefix == p.prefix);
  CHECK(there.gateway == p.gateway);
  CHECK(there.vlan == 100);
  CHECK(there.portals == p.portals);
  CHECK(there.target == p.target);
  CHECK(there.lun == 1);
  CHECK(there.user == "host1");
  CHECK(there.secret == "hostsecret1234");
  CHECK(there.target_user == "disk");
  CHECK(there.target_secret == "disksecret1234");
  CHECK(there.priority == boot::Priority::primary);  // it is the first of all
  VariableStore again = store;
  apply(again, plan_iscsi(again, there));
  CHECK(again.image() == store.image());

  FlashSettings settings;
  settings.dhcp = true;
  settings.gateway = "";
  settings.auth = Auth::chap;
  settings.priority = boot::Priority::pxe;
  FlashSettings over = merged(settings);
  CHECK_FALSE(over.address);
  CHECK_FALSE(over.gateway);
  CHECK(over.user == "host1");
  CHECK_FALSE(over.target_user);
  CHECK(over.priority == boot::Priority::disabled);
  settings.auth = Auth::none;
  over = merged(settings);
  CHECK_FALSE(over.user);
  CHECK_FALSE(over.secret);

  const FlashSettings other = merge_settings(read_iscsi(store), "52:54:00:00:00:02", {}, "vars.fd");
  CHECK(other.initiator == p.initiator);  // one for all NICs
  CHECK_FALSE(other.target);
  CHECK_FALSE(other.dhcp);
}
