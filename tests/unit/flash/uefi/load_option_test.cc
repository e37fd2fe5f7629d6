// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/load_option.h"

#include <doctest/doctest.h>

#include <string>

#include "flash/test_store.h"
#include "flash/uefi/attempt_entry.h"

using namespace san;
using namespace san::flash;
using test::bytes;
using test::Image;

namespace {

Image join(std::initializer_list<Image> parts) {
  Image out;
  for (const Image& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Image node(unsigned type, unsigned subtype, const Image& body) {
  const auto length = static_cast<unsigned>(body.size() + 4);
  return join(
      {{std::byte(type), std::byte(subtype), std::byte(length & 0xFF), std::byte(length >> 8)}, body});
}

Image option(const std::string& description, const Image& path, bool active = true) {
  Image out{std::byte(active ? 1 : 0),  {}, {}, {}, std::byte(path.size() & 0xFF),
            std::byte(path.size() >> 8)};
  for (const char c : description + '\0') {
    out.push_back(static_cast<std::byte>(c));
    out.push_back({});
  }
  return join({out, path});
}

const Image kEnd = node(0x7F, 0xFF, {});
const Image kMac =
    node(3, 0x0B,
         join({{std::byte{0x52}, std::byte{0x54}, {}, std::byte{0x12}, std::byte{0x34}, std::byte{0x56}},
               Image(27)}));
// 10.0.2.15, 10.0.2.3, ports 0 and 13260, TCP, static, gateway 10.0.2.2, 255.255.255.0
const Image kIpv4 =
    node(3, 0x0C, bytes(std::string("\x0a\0\2\x0f\x0a\0\2\3\0\0\xcc\x33\6\0\1\x0a\0\2\2\xff\xff\xff\0", 23)));

Image iscsi_path(const std::string& target, unsigned lun) {
  return join({kMac, kIpv4,
               node(3, 0x13, join({Image(5), {std::byte(lun)}, Image(8), bytes(target), {std::byte{}}})),
               kEnd});
}

}  // namespace

TEST_CASE("what an entry boots") {
  const auto kind = [](const Image& path) { return decode_load_option(option("x", path))->kind; };
  CHECK(kind(join({kMac, kIpv4, kEnd})) == LoadOption::Kind::pxe);
  CHECK(kind(join({kMac, kIpv4, node(3, 0x18, bytes("http://x/")), kEnd})) == LoadOption::Kind::http);
  CHECK(kind(join({node(1, 1, Image(2)), node(3, 0x12, Image(6)), kEnd})) == LoadOption::Kind::disk);
  CHECK(kind(join({node(4, 1, Image(38)), node(4, 4, Image(8)), kEnd})) == LoadOption::Kind::disk);
  CHECK(kind(join({node(4, 7, Image(16)), node(4, 6, Image(16)), kEnd})) == LoadOption::Kind::file);
  CHECK(kind(kEnd) == LoadOption::Kind::other);
  const auto iscsi =
      decode_load_option(option("UEFI IET VIRTUAL-DISK", iscsi_path("iqn.2026-11.org.example:a", 1)));
  REQUIRE(iscsi);
  CHECK(iscsi->kind == LoadOption::Kind::iscsi);
  CHECK(iscsi->description == "UEFI IET VIRTUAL-DISK");
  CHECK(iscsi->mac == "52:54:00:12:34:56");
  CHECK(iscsi->iscsi->target == "iqn.2026-11.org.example:a");
  CHECK(iscsi->iscsi->lun == std::array<std::uint8_t, 8>{0, 1});
  CHECK(iscsi->active);
  CHECK_FALSE(decode_load_option(option("x", kEnd, false))->active);
}

TEST_CASE("the connection in a path") {
  const auto v4 = decode_load_option(option("x", iscsi_path("iqn.2026-11.org.example:a", 1)));
  REQUIRE(v4->ip);
  CHECK(v4->ip->local == IpPath::Address{10, 0, 2, 15});
  CHECK(v4->ip->remote == IpPath::Address{10, 0, 2, 3});
  CHECK(v4->ip->gateway == IpPath::Address{10, 0, 2, 2});
  CHECK(v4->ip->mask == std::array<std::uint8_t, 4>{255, 255, 255, 0});
  CHECK(v4->ip->remote_port == 13260);
  CHECK(v4->ip->fixed);
  Image body(56);
  body[16] = std::byte{0xFD};
  body[34] = std::byte{0xBC};
  body[35] = std::byte{0x0C};
  const auto v6 = decode_load_option(
      option("x", join({kMac, node(3, 0x14, Image{std::byte{100}, {}}), node(3, 0x0D, body), kEnd})));
  CHECK(v6->ip->v6);
  CHECK(v6->ip->remote == IpPath::Address{0xFD});
  CHECK(v6->ip->remote_port == 3260);
  CHECK(v6->vlan == 100);
  CHECK_FALSE(decode_load_option(option("x", join({kMac, node(3, 0x0C, Image(22)), kEnd})))->ip);
}

TEST_CASE("the entry that the firmware made of an attempt") {
  VariableStore store("vars.fd", test::empty_store(4096, true));
  store.set({u"BootOrder", kGlobalVariable}, 7, bytes(std::string("\0\0\1\0", 4)));
  store.set({u"Boot0000", kGlobalVariable}, 7, option("UEFI PXEv4", join({kMac, kIpv4, kEnd})));
  store.set({u"Boot0001", kGlobalVariable}, 7, option("disk", iscsi_path("iqn.2026-11.org.example:a", 1)));
  IscsiAttempt attempt = fresh_attempt(1);
  attempt.mac = "52:54:00:12:34:56";
  attempt.target = "iqn.2026-11.org.example:a";
  attempt.lun = {0, 1};
  attempt.local = {10, 0, 2, 15};
  attempt.gateway = {10, 0, 2, 2};
  attempt.mask = {255, 255, 255, 0};
  attempt.target_address = {10, 0, 2, 3};
  attempt.port = 13260;
  attempt.auth = Auth::mutual_chap;  // the options of the path are 0
  const auto there = [&](void (*change)(IscsiAttempt&)) {
    IscsiAttempt other = attempt;
    change(other);
    return entry_of_attempt(*boot_entries(store), other, false) == std::optional<std::size_t>(1);
  };
  CHECK(there([](IscsiAttempt&) {}));
  CHECK(there([](IscsiAttempt& a) { a.secret = "anothersecret"; }));
  CHECK(there([](IscsiAttempt& a) { a.url = "disk.example.org"; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.auth = Auth::chap; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.auth = Auth::none; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.local[3] = 16; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.gateway = {}; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.mask[2] = 0; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.target_address[3] = 4; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.port = 3260; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.initiator_dhcp = true; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.ip = IscsiAttempt::Ip::v6; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.mac = "52:54:00:12:34:56\\0064"; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.target += "b"; }));
  CHECK_FALSE(there([](IscsiAttempt& a) { a.lun[1] = 2; }));
  attempt.port = 3260;
  CHECK(entry_of_attempt(*boot_entries(store), attempt, true));
  attempt.lun[1] = 2;
  CHECK_FALSE(entry_of_attempt(*boot_entries(store), attempt, true));
}

TEST_CASE("entries cut short, and nodes that lie about their length") {
  const Image whole = option("entry", iscsi_path("iqn.2026-11.org.example:a", 1));
  for (std::size_t n = 0; n < whole.size(); ++n) CHECK_FALSE(decode_load_option(std::span(whole).first(n)));
  Image node_of_nothing = option("entry", join({{std::byte{3}, std::byte{11}, {}, {}}, kEnd}));
  CHECK_FALSE(decode_load_option(node_of_nothing));
}

TEST_CASE("a disk is brought to the front of BootOrder") {
  VariableStore store("vars.fd", test::empty_store(4096, true));
  CHECK_FALSE(boot_entries(store));
  const auto set = [&](std::u16string name, const Image& data) {
    store.set({std::move(name), kGlobalVariable}, 7, data);
  };
  set(u"BootOrder", bytes(std::string("\0\0\x0A\0\x02\0\x03\0\x09\0", 10)));
  set(u"Boot0000", option("UEFI PXEv4", join({kMac, kIpv4, kEnd})));
  set(u"Boot000A", option("off", iscsi_path("iqn.2026-11.org.example:a", 1), false));
  set(u"Boot0002", option("other LUN", iscsi_path("iqn.2026-11.org.example:a", 2)));
  set(u"Boot0003", option("disk", iscsi_path("iqn.2026-11.org.example:a", 1)));
  const auto entries = boot_entries(store);
  REQUIRE(entries);
  REQUIRE(entries->size() == 5);
  CHECK(entries->at(1).number == 10);
  CHECK(entries->at(1).option->description == "off");
  CHECK_FALSE(entries->at(4).option);
  CHECK(boot_order_with_first(*entries, 3) == bytes(std::string("\x03\0\0\0\x0A\0\x02\0\x09\0", 10)));
}
