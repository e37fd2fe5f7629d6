// SPDX-License-Identifier: Apache-2.0
#include "boot/read_profile.h"

#include "boot/profiles.h"

using namespace san;
using namespace san::boot;

namespace {

struct Case {
  unsigned line;
  std::string replacement, message;  ///< what is said behind "host1.toml:LINE: "
};

void check_cases(const std::string& profile, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.replacement);
    CHECK(refusal(with_line(profile, one.line, one.replacement)) ==
          "host1.toml:" + std::to_string(one.line) + ": " + one.message);
  }
}

}  // namespace

TEST_CASE("a profile with all there is") {
  const BootProfile p = parse(kFullProfile);
  CHECK(p.path == "host1.toml");
  CHECK(p.initiator == "iqn.2026-11.org.example:host1");
  CHECK(p.mac == "52:54:00:12:34:56");
  CHECK_FALSE(p.dhcp);
  CHECK(p.address == "10.0.2.15");
  CHECK(p.prefix == 24U);
  CHECK(p.gateway == "10.0.2.2");
  CHECK(p.vlan == 7);
  CHECK(p.portals == std::vector<iscsi::Portal>{{"10.0.2.2", 3260}, {"2001:db8::1", 3261}});
  CHECK(p.target == "iqn.2026-11.org.example:golden");
  CHECK(p.lun == 1);
  CHECK(p.reach == iscsi::Portal{"127.0.0.1", 3262});
  CHECK(p.user == "host1");
  CHECK(p.secret_file == "host1.secret");
  CHECK(p.target_user == "target");
  CHECK(p.target_secret_file == "target.secret");
  CHECK(p.firmware == Firmware::bios);
  CHECK(p.priority == Priority::secondary);
  CHECK(p.port == 2);
}

TEST_CASE("what a short profile leaves out") {
  const BootProfile p = parse(kLeastProfile);
  CHECK(p.mac.empty());
  CHECK(p.dhcp);
  CHECK(p.address.empty());
  CHECK_FALSE(p.prefix);
  CHECK(p.gateway.empty());
  CHECK(p.vlan == 0);
  CHECK(p.portals == std::vector<iscsi::Portal>{{"10.0.2.2", 3260}});
  CHECK(p.lun == 0);
  CHECK_FALSE(p.reach);
  CHECK(p.user.empty());
  CHECK(p.target_user.empty());
  CHECK(p.firmware == Firmware::uefi);
  CHECK(p.priority == Priority::primary);
  CHECK(p.port == 1);
  // An address says that there is no DHCP.
  CHECK_FALSE(parse(with_line(kFullProfile, 4, "")).dhcp);
}

TEST_CASE("other ways to write the same") {
  CHECK(parse("initiator.name = 'iqn.2026-11.org.example:host1'\n"
              "target = { portal = '10.0.2.2', name = 'iqn.2026-11.org.example:golden' }") ==
        parse(kLeastProfile));
  CHECK(parse("\xEF\xBB\xBF" + kFullProfile) == parse(kFullProfile));
  std::string dos = kFullProfile;
  for (std::size_t at = 0; (at = dos.find('\n', at)) != std::string::npos; at += 2)
    dos.replace(at, 1, "\r\n");
  CHECK(parse(dos) == parse(kFullProfile));
  CHECK(parse(with_line(kFullProfile, 3, "mac = \"52-54-00-AB-CD-EF\"")).mac == "52:54:00:ab:cd:ef");
  CHECK(parse(with_line(kFullProfile, 11, "lun = 0x3FFF")).lun == 16383);
}

TEST_CASE("names") {
  const std::string form = "; the form is iqn.YYYY-MM.REVERSED.DOMAIN[:ANYTHING]";
  check_cases(
      kFullProfile,
      {{2, "name = \"iqn.2026-11.ORG\"",
        "initiator.name: \"iqn.2026-11.ORG\" has capital letters: iSCSI names are lower case (RFC 3722); "
        "write \"iqn.2026-11.org\""},
       {2, "name = \"iqn.2026-13.org\"",
        "initiator.name: \"iqn.2026-13.org\" has the month 13, and there is none (RFC 7143, 4.2.7.4)" + form},
       {10, "name = \"golden\"",
        "target.name: \"golden\" does not begin with iqn., eui. or naa. (RFC 7143, 4.2.7.3); "
        "names look like iqn.2026-11.org.example:disk1"},
       {10, "name = 3", "target.name: is a number and has to be a string; put it into quotes"},
       {10, "name = \"\"", "target.name: is empty"},
       {10, "name = \"iqn.2026-11.org.example:a\\u0000b\"",
        "target.name: \"iqn.2026-11.org.example:a\\x00b\" has a control character in it"}});
}
