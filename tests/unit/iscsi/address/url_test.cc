// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/url.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "iscsi/address/iscsi_name.h"

using namespace san;
using namespace san::iscsi;

namespace {

const std::string kName = "iqn.2026-11.org.example:disk";

std::string refusal(const std::string& text) {
  const auto error = error_of([&] { parse_url(text); });
  if (!error) return "";
  CHECK(error->code() == Exit::usage);
  return error->what();
}

}  // namespace

TEST_CASE("URLs") {
  CHECK(parse_url("iscsi://host/" + kName + "/1") == Url{{"host", 3260}, kName, 1, ""});
  CHECK(parse_url("iscsi://192.0.2.1:860/" + kName + "/0") == Url{{"192.0.2.1", 860}, kName, 0, ""});
  CHECK(parse_url("iscsi://[2001:db8::1]:3261/" + kName + "/16383") ==
        Url{{"2001:db8::1", 3261}, kName, 16383, ""});
  CHECK(parse_url("iscsi://[fe80::1%eth0]/" + kName + "/1").portal == Portal{"fe80::1%eth0", 3260});
  CHECK(parse_url("iscsi://me@host/" + kName + "/1") == Url{{"host", 3260}, kName, 1, "me"});
  CHECK(parse_url("iscsi://a@b@host/" + kName + "/1").user == "a@b");
  CHECK(parse_url("iscsi://me@host/eui.0123456789abcdef/1").target == "eui.0123456789abcdef");
  CHECK(parse_url("iscsi://host/naa.50001234567890ab/1").target == "naa.50001234567890ab");
}

TEST_CASE("capitals: of the scheme and of a name's type, and the rest as it was typed") {
  CHECK(is_url("ISCSI://host"));
  CHECK(parse_url("ISCSI://host/IQN.2026-11.org.example:Disk/1") ==
        Url{{"host", 3260}, "iqn.2026-11.org.example:Disk", 1, ""});
  CHECK(parse_url("iScsi://me@host/Iqn.2026-11.org.example:a@b/1").user == "me");
  CHECK(iscsi_name("EUI.0123456789ABCDEF", "x") == "eui.0123456789ABCDEF");
  CHECK(error_of([] { iscsi_name("IQ", "x"); }).has_value());
}

TEST_CASE("a URL is printed without its user, and read back") {
  const Url url{{"2001:db8::1", 3261}, kName, 7, "me"};
  CHECK(to_string(url) == "iscsi://[2001:db8::1]:3261/" + kName + "/7");
  CHECK(parse_url(to_string(url)) == Url{url.portal, url.target, url.lun, ""});
  CHECK(to_string(Portal{"host", 1}) == "host:1");
}

TEST_CASE("what is an iSCSI URL") {
  CHECK(is_url("iscsi://x"));
  CHECK_FALSE(is_url("iscsi:/x"));
  CHECK_FALSE(is_url("/dev/sda"));
  CHECK_FALSE(is_url(""));
}

TEST_CASE("passwords are refused and not repeated") {
  for (const char* user : {"me%hunter2", "me:hunter2", "%hunter2", "me%hun@hunter2", "me%hunter2/x", "me%"})
    for (const std::string& name : {kName, std::string("eui.0123456789abcdef")}) {
      const std::string said = refusal(std::string("iscsi://") + user + "@host/" + name + "/1");
      CAPTURE(said);
      CHECK(contains(said, "a password in a URL"));
      CHECK(contains(said, "put the secret into a file of mode 0600"));
      CHECK_FALSE(contains(said, "hunter2"));
    }
}

TEST_CASE("URLs that are wrong, and why") {
  const std::string rest = "/" + kName + "/1";
  CHECK(contains(refusal("http://host" + rest), "not an iSCSI URL"));
  CHECK(contains(refusal("iscsi://"), "names no target"));
  CHECK(contains(refusal("iscsi://host"), "names no target"));
  CHECK(contains(refusal("iscsi://host/" + kName), "names no LUN"));
  CHECK(contains(refusal("iscsi://host/" + kName + "/"), "\"\" is not a LUN"));
  for (const char* lun : {"-1", "16384", "1x", "0x1", "99999999999999999999", "+1", " 1"})
    CHECK(contains(refusal("iscsi://host/" + kName + "/" + lun), "is not a LUN"));
  CHECK(contains(refusal("iscsi:///" + kName + "/1"), "names no host"));
  CHECK(contains(refusal("iscsi://:3260" + rest), "names no host"));
  CHECK(contains(refusal("iscsi://[]" + rest), "names no host"));
  CHECK(contains(refusal("iscsi://[::1" + rest), "no ]"));
  CHECK(contains(refusal("iscsi://[::1]x" + rest), "more than a port"));
  CHECK(contains(refusal("iscsi://[host]" + rest), "not an IPv6 address"));
  CHECK(contains(refusal("iscsi://::1" + rest), "needs brackets"));
  for (const char* port : {"", "0", "65536", "-1", "x", "3260x", "99999999999999999999"})
    CHECK(contains(refusal(std::string("iscsi://host:") + port + rest), "is not a port"));
  CHECK(contains(refusal("iscsi://ho st" + rest), "odd characters"));
  CHECK(contains(refusal("iscsi://ho\nst" + rest), "odd characters"));
  CHECK(contains(refusal("iscsi://@host" + rest), "odd user"));
  CHECK(contains(refusal("iscsi://m e@host" + rest), "odd user"));
  CHECK(contains(refusal("iscsi://host/disk/1"), "\"disk\" is not an iSCSI name"));
  CHECK(contains(refusal("iscsi://host//1"), "is not an iSCSI name"));
  CHECK(contains(refusal("iscsi://host/iqn.a b/1"), "characters"));
  CHECK(contains(refusal("iscsi://host/iqn.a/b/1"), "characters"));
  CHECK(contains(refusal("iscsi://host/iqn." + std::string(220, 'a') + "/1"), "has 224 bytes"));
  CHECK(refusal("iscsi://host/iqn." + std::string(219, 'a') + "/1").empty());
}

TEST_CASE("portals") {
  CHECK(parse_portal("host") == Portal{"host", 3260});
  CHECK(parse_portal("host:1") == Portal{"host", 1});
  CHECK(parse_portal("[::1]") == Portal{"::1", 3260});
  CHECK(parse_portal("[::1]:65535") == Portal{"::1", 65535});
  for (const char* text : {"", "iscsi://host", "me@host", "host/x", "::1", "host:", "[::1]3260"})
    CHECK(error_of([&] { parse_portal(text); }).has_value());
}

TEST_CASE("A target may be named without a LUN") {
  const Url without = parse_target_url("iscsi://me@host:3261/" + kName);
  CHECK(without.target == kName);
  CHECK(without.portal == Portal{"host", 3261});
  CHECK(without.user == "me");
  CHECK(without.lun == 0);
  CHECK(parse_target_url("iscsi://host/" + kName + "/7").lun == 7);
  CHECK_THROWS_AS(parse_target_url("iscsi://host/nonsense"), san::Error);
  CHECK_THROWS_AS(parse_target_url("iscsi://host/" + kName + "/x"), san::Error);
}
