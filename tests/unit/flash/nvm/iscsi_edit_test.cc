// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/iscsi_edit.h"

#include <cstring>

#include "flash/test_images.h"

using namespace san::flash;

namespace {

const IscsiEditRules kRules{"card", IpOrder::network, true, false};

struct Block {
  IscsiHeader header;
  IscsiRecord record;
};

/// A record whose every byte without a meaning has a value.
Block block() {
  Block b;
  b.record.flags = 0x3D03;
  b.record.rest.fill(0x5A);
  b.header.rest.fill(0x11);
  return b;
}

Block edited(const FlashSettings& settings, Block b = block(), const IscsiEditRules& rules = kRules) {
  edit_block(b.header, b.record, settings, rules);
  return b;
}

std::string refusal(const FlashSettings& settings, const IscsiEditRules& rules = kRules, Block b = block()) {
  const auto error = error_of([&] { edit_block(b.header, b.record, settings, rules); });
  if (!error) return "";
  CHECK(error->code() == san::Exit::usage);
  CHECK(error->object() == "card");
  return error->cause();
}

FlashSettings chap(const std::string& user, const std::string& secret) {
  FlashSettings s;
  s.user = user;
  s.secret = secret;
  return s;
}

template <typename T>
bool same_bytes(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

}  // namespace

TEST_CASE("everything that a profile says") {
  FlashSettings s;
  s.initiator = "iqn.2026-11.org.example:host1";
  s.dhcp = false;
  s.address = "10.0.2.15";
  s.prefix = 20;
  s.gateway = "10.0.0.1";
  s.vlan = 7;
  s.portals = {{"10.0.2.2", 3261}};
  s.target = "iqn.2026-11.org.example:golden";
  s.lun = 65535;
  s.auth = Auth::mutual_chap;
  s.user = "host1";
  s.secret = "123456789012";
  s.target_secret = "1234567890123456";
  const Block b = edited(s);
  CHECK(field_text(b.header.initiator) == s.initiator);
  CHECK(b.record.flags == 0x3D08);
  CHECK(b.record.address == IpBytes{10, 0, 2, 15});
  CHECK(b.record.mask == IpBytes{255, 255, 240, 0});
  CHECK(b.record.gateway == IpBytes{10, 0, 0, 1});
  CHECK(b.record.vlan == 7);
  CHECK(b.record.portal == IpBytes{10, 0, 2, 2});
  CHECK(b.record.portal_port == 3261);
  CHECK(field_text(b.record.target) == s.target);
  CHECK(b.record.lun == 65535);
  CHECK(field_text(b.record.user) == "host1");
  CHECK(field_text(b.record.secret) == "123456789012");
  CHECK(field_text(b.record.target_secret) == "1234567890123456");
  CHECK(b.record.rest == block().record.rest);
  CHECK(b.header.rest == block().header.rest);
  const Block reversed = edited(s, block(), {"card", IpOrder::reversed, true, false});
  CHECK(reversed.record.address == IpBytes{15, 2, 0, 10});
  CHECK(reversed.record.mask == IpBytes{0, 240, 255, 255});
  CHECK(reversed.record.portal == IpBytes{2, 2, 0, 10});
}

TEST_CASE("nothing asked for changes nothing; one field changes itself") {
  const Block before = block();
  CHECK(same_bytes(edited({}).record, before.record));
  FlashSettings s;
  s.lun = 3;
  Block b = edited(s);
  CHECK(b.record.lun == 3);
  CHECK(b.record.flags == 0x3D01);  // a LUN of one's own is no target by DHCP
  b.record.lun = 0;
  b.record.flags = 0x3D03;
  CHECK(same_bytes(b.record, before.record));
}

TEST_CASE("a new text leaves nothing of the old one; the same text leaves even what is behind it") {
  Block b = block();
  std::memcpy(b.record.target.data(), "iqn.2020-01.long:long\0garbage", 29);
  FlashSettings s;
  s.target = "iqn.2020-01.long:long";
  CHECK(edited(s, b).record.target == b.record.target);
  s.target = "eui.0";
  const auto target = edited(s, b).record.target;
  CHECK(field_text(target) == "eui.0");
  CHECK(std::all_of(target.begin() + 5, target.end(), [](char c) { return c == 0; }));
}

TEST_CASE("limits are told with their numbers") {
  FlashSettings s;
  s.target = "iqn." + std::string(220, 'x');
  CHECK(refusal(s) == "the target name has 224 bytes; the iSCSI block takes 223");
  s.target->pop_back();
  CHECK(refusal(s).empty());
  s = {};
  s.initiator = std::string(300, 'x');
  CHECK(contains(refusal(s), "the initiator name has 300 bytes"));
  CHECK(contains(refusal(chap("u", "12345678901")),
                 "the CHAP secret has 11 bytes; the iSCSI block takes 12 to 16"));
  CHECK(contains(refusal(chap("u", "12345678901234567")), "has 17 bytes"));
  CHECK(contains(refusal(chap(std::string(128, 'u'), "123456789012")),
                 "the CHAP user has 128 bytes; the iSCSI block takes 127"));
  CHECK(refusal(chap(std::string(127, 'u'), "1234567890123456")).empty());
}

TEST_CASE("what there is no field for") {
  FlashSettings s;
  s.portals = {{"10.0.0.1", 3260}, {"10.0.1.1", 3260}};
  CHECK(contains(refusal(s), "there are 2 portals; the iSCSI block has room for 1 a port"));
  s.portals = {{"2001:db8::1", 3260}};
  CHECK(contains(refusal(s), "the portal 2001:db8::1 is an IPv6 address of 16 bytes"));
  s.portals = {{"::ffff:10.0.0.1", 3260}};
  CHECK(contains(refusal(s), "IPv6"));
  s.portals = {{"san.example.org", 3260}};
  CHECK(contains(refusal(s), "is not an IPv4 address; the option ROM resolves no names"));
  s = {};
  s.address = "2001:db8::2";
  s.prefix = 64;
  CHECK(contains(refusal(s), "the address 2001:db8::2 is an IPv6 address"));
  s = {};
  s.vlan = 4095;
  CHECK(contains(refusal(s), "the VLAN 4095 is not between 0 and 4094"));
  s.vlan = 5;
  CHECK(contains(refusal(s, {"card", IpOrder::network, false, false}), "VLAN 5 cannot be used"));
  s = {};
  s.target_user = "target";
  CHECK(contains(refusal(s), "the target's CHAP user (6 bytes) cannot be kept"));
  CHECK(refusal(s, {"card", IpOrder::network, true, true}).empty());
}

TEST_CASE("without a known order no address is written") {
  const IscsiEditRules rules{"card", std::nullopt, true, false};
  FlashSettings s;
  s.portals = {{"10.0.0.1", 3260}};
  CHECK(contains(refusal(s, rules), "no netmask in the image tells"));
  s = {};
  s.target = "iqn.2026-11.org.example:golden";
  s.dhcp = true;
  CHECK(refusal(s, rules).empty());
}

TEST_CASE("kinds of authentication") {
  CHECK(record_auth(edited(chap("u", "123456789012")).record) == Auth::chap);
  CHECK(contains(refusal(chap("", "123456789012")), "CHAP needs a user and a secret"));
  FlashSettings only_user;
  only_user.user = "u";
  CHECK(contains(refusal(only_user), "CHAP needs a user and a secret"));

  Block b = edited(chap("u", "123456789012"));
  FlashSettings mutual;
  mutual.target_secret = "abcdefghijkl";
  b = edited(mutual, b);
  CHECK(record_auth(b.record) == Auth::mutual_chap);
  b = edited(only_user, b);
  CHECK(record_auth(b.record) == Auth::mutual_chap);

  FlashSettings one_way = chap("u", "123456789012");
  one_way.auth = Auth::chap;
  const Block less = edited(one_way, b);
  CHECK(record_auth(less.record) == Auth::chap);
  CHECK(less.record.target_secret == std::array<char, 18>{});

  FlashSettings none;
  none.auth = Auth::none;
  const Block empty = edited(none, b);
  CHECK(same_bytes(empty.record, block().record));

  FlashSettings no_secret;
  no_secret.auth = Auth::mutual_chap;
  CHECK(contains(refusal(no_secret, kRules, edited(chap("u", "123456789012"))),
                 "mutual CHAP needs the secret"));
}

TEST_CASE("a record is judged") {
  const auto texts = [](const Block& b) {
    std::string all;
    for (const san::Diagnostic& finding : check_record(b.header, b.record, 1))
      all += (finding.severity == san::Severity::error ? "E " : "W ") + finding.text + "\n";
    return all;
  };
  Block b;
  b.record.flags = 0x3D03;
  CHECK(texts(b).empty());
  b.header.initiator.fill('x');
  b.record.secret.fill('x');
  CHECK(contains(texts(b), "E the initiator name has no end: no zero byte in its 256 bytes"));
  CHECK(contains(texts(b), "E the CHAP secret has no end"));
  b = {};
  b.record.flags = 0x3D0F;
  CHECK(contains(texts(b), "E the kind of authentication has the reserved value 3"));
  b.record.flags = 0x3D1B;
  CHECK(contains(texts(b), "W CHAP without a user"));
  CHECK(contains(texts(b), "W mutual CHAP with a target's secret of fewer than 12 bytes"));
  CHECK(contains(texts(b), "W the switch of the setup menu has a reserved value"));
  b = {};
  b.record.target = {'f', 'o', 'o'};
  b.record.vlan = 4095;
  b.header.reserved = 1;
  CHECK(contains(texts(b), "W the target name does not begin with iqn., eui. or naa."));
  CHECK(contains(texts(b), "W the target's TCP port is 0"));
  CHECK(contains(texts(b), "W no address and no DHCP"));
  CHECK(contains(texts(b), "W the VLAN 4095"));
  CHECK(contains(texts(b), "W reserved bytes of the head are not zero"));
}
