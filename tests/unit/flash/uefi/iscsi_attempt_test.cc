// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/iscsi_attempt.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/endian.h"
#include "core/error.h"
#include "flash/test_store.h"

using namespace san;
using namespace san::flash;

namespace {

bool has(const test::Image& data, std::size_t at, const std::string& text) {
  const test::Image wanted = test::bytes(text);
  return at + wanted.size() <= data.size() &&
         std::equal(wanted.begin(), wanted.end(), data.begin() + static_cast<std::ptrdiff_t>(at));
}

IscsiAttempt full() {
  IscsiAttempt a = fresh_attempt(3);
  a.active = true;
  a.mac = "52:54:00:12:34:56";
  a.vlan = 100;
  a.mode = IscsiAttempt::Mode::multipath;
  a.ip = IscsiAttempt::Ip::v6;
  a.port = 3261;
  a.local = {1, 2, 3, 4};
  a.mask = {255, 255, 0, 0};
  a.gateway = {5, 6, 7, 8};
  a.target_address = {0x20, 1, 0x0d, 0xb8};
  a.prefix = 64;
  a.initiator_dhcp = a.target_dhcp = true;
  a.target = std::string(223, 't');
  a.url = std::string(254, 'u');
  a.lun = {0, 1};
  a.timeout = 5000;
  a.retries = 3;
  a.isid = {1, 2, 3, 4, 5, 6};
  a.auth = Auth::mutual_chap;
  a.user = std::string(126, 'n');
  a.secret = std::string(16, 's');
  a.target_user = std::string(126, 'N');
  a.target_secret = std::string(16, 'S');
  a.logged_in = true;
  return a;
}

}  // namespace

TEST_CASE("the fields are where EDK2's structure has them") {
  const test::Image data = encode_attempt(full());
  REQUIRE(data.size() == 1049);
  CHECK(data[17] == std::byte{3});
  CHECK(data[20] == std::byte{1});
  CHECK(has(data, 26, "Attempt 3"));
  CHECK(has(data, 38, std::string("52:54:00:12:34:56\\0064") + '\0'));
  CHECK(has(data, 182, "\xBD\x0C\x02\x01"));
  CHECK(has(data, 186, "\x01\x02\x03\x04"));
  CHECK(has(data, 202, std::string("\xFF\xFF\0\0\x05\x06\x07\x08", 8)));
  CHECK(has(data, 222, "\x01\x01ttt"));
  CHECK(has(data, 446, std::string("t\0\x20\x01\x0D\xB8", 6)));
  CHECK(data[464] == std::byte{64});
  CHECK(has(data, 465, std::string("\0\1\0\0\0\0\0\0", 8)));
  CHECK(has(data, 473, "\x88\x13\x03\x01\x02\x03\x04\x05\x06"));
  CHECK(has(data, 501, "\x01uuu"));
  CHECK(has(data, 757, "\x01\x01nnn"));
  CHECK(has(data, 885, std::string("\0ssssssssssssssss\0NN", 20)));
  CHECK(has(data, 1029, std::string("\0SSSSSSSSSSSSSSSS\0\0\1", 20)));
}

TEST_CASE("what was encoded is decoded, and other lengths are nothing") {
  const test::Image data = encode_attempt(full());
  CHECK(decode_attempt(data) == full());
  CHECK(decode_attempt(encode_attempt(fresh_attempt(8))) == fresh_attempt(8));
  CHECK_FALSE(decode_attempt(std::span(data).first(1048)));
  test::Image longer = data;
  longer.resize(1050);
  CHECK_FALSE(decode_attempt(longer));
  CHECK(decode_attempt(test::Image(1049, std::byte{0xFF}))->user.size() == 127);  // no end: cut
}

TEST_CASE("a fresh attempt is the driver's own: port, timeout and CHAP, all else 0") {
  const test::Image data = encode_attempt(fresh_attempt(2));
  test::Image wanted(1049);
  wanted[17] = std::byte{2};
  const test::Image name = test::bytes("Attempt 2");
  std::copy(name.begin(), name.end(), wanted.begin() + 26);
  write_at(std::span(wanted), 182, le16(3260));
  write_at(std::span(wanted), 473, le16(1000));
  wanted[757] = std::byte{1};
  CHECK(data == wanted);
}

TEST_CASE("every kind of authentication is read back, and an unknown one is none of them") {
  for (const Auth auth : {Auth::none, Auth::chap, Auth::mutual_chap, Auth::kerberos}) {
    IscsiAttempt a = full();
    a.auth = auth;
    CHECK(decode_attempt(encode_attempt(a)) == a);
  }
  test::Image data = encode_attempt(full());
  CHECK(data[757] == std::byte{1});
  CHECK(data[758] == std::byte{1});
  data[757] = std::byte{3};
  CHECK_FALSE(decode_attempt(data)->auth.has_value());
}

TEST_CASE("the VLAN is taken from the address only where the driver wrote it") {
  const auto read = [](const std::string& nic) {
    IscsiAttempt a = fresh_attempt(1);
    a.mac = nic;
    const test::Image data = encode_attempt(a);
    const IscsiAttempt back = *decode_attempt(data);
    CHECK(stored_nic(back) == nic);
    CHECK(encode_attempt(back) == data);
    return std::pair(back.mac, back.vlan);
  };
  const std::string mac = "52:54:00:AB:CD:EF", small = "52:54:00:ab:cd:ef";
  CHECK(read(mac) == std::pair(mac, std::uint16_t{0}));
  CHECK(read(mac + "\\0001") == std::pair(mac, std::uint16_t{1}));
  CHECK(read(mac + "\\0FFE") == std::pair(mac, std::uint16_t{4094}));
  CHECK(read(small + "\\0064") == std::pair(small, std::uint16_t{100}));
  for (const char* odd : {"\\0000", "\\00ff", "\\1064", "\\64", "/0064", "\\00640", "\\", "x"})
    CHECK(read(mac + odd) == std::pair(mac + odd, std::uint16_t{0}));
  CHECK(read("525400ABCDEF") == std::pair(std::string("525400ABCDEF"), std::uint16_t{0}));
}

TEST_CASE("what does not fit is refused with the numbers") {
  IscsiAttempt a = full();
  a.user += 'x';
  try {
    encode_attempt(a);
    FAIL("it fits");
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    CHECK(std::string(error.what()) ==
          "CHAP user: it has 127 bytes, and the firmware's iSCSI initiator takes 126");
  }
  a = full();
  a.secret += 'x';
  CHECK_THROWS_AS(encode_attempt(a), Error);
  a = full();
  a.target += 'x';
  CHECK_THROWS_AS(encode_attempt(a), Error);
}

TEST_CASE("addresses as the driver writes them") {
  CHECK(attempt_mac("52:54:00:ab:cd:ef", 0) == "52:54:00:AB:CD:EF");
  CHECK(attempt_mac("52:54:00:ab:cd:ef", 100) == "52:54:00:AB:CD:EF\\0064");
  CHECK(attempt_mac("52:54:00:ab:cd:ef", 4094) == "52:54:00:AB:CD:EF\\0FFE");
}
