// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/read_profile.h"

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
  const BootProfile p = parse(kMinProfile);
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
        parse(kMinProfile));
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
        "initiator.name: \"iqn.2026-13.org\" has the month 13, which does not exist (RFC 7143, 4.2.7.4)" +
            form},
       {10, "name = \"golden\"",
        "target.name: \"golden\" does not begin with iqn., eui. or naa. (RFC 7143, 4.2.7.3); "
        "names look like iqn.2026-11.org.example:disk1"},
       {10, "name = 3", "target.name: is a number and has to be a string; put it into quotes"},
       {10, "name = \"\"", "target.name: is empty"},
       {10, "name = \"iqn.2026-11.org.example:a\\u0000b\"",
        "target.name: \"iqn.2026-11.org.example:a\\x00b\" has a control character in it"},
       {10, "name = \"iqn.2026-11.org.example:" + std::string(300, 'x') + "\"",
        "target.name: \"iqn.2026-11.org.example:" + std::string(216, 'x') +
            "…\" has 324 bytes, and an iSCSI name at most 223 (RFC 7143, 4.2.7.1)"}});
}

TEST_CASE("what is missing") {
  CHECK(refusal(with_line(kFullProfile, 2, "")) ==
        "host1.toml:1: initiator.name: is missing; give the iSCSI name");
  CHECK(refusal(with_line(kFullProfile, 10, "")) ==
        "host1.toml:8: target.name: is missing; give the iSCSI name");
  CHECK(refusal(with_line(kFullProfile, 9, "")) ==
        "host1.toml:8: target.portal: is missing; the form is ADDRESS[:PORT], with an IPv6 address in "
        "brackets");
  CHECK(refusal(with_line(kFullProfile, 14, "")) ==
        "host1.toml:13: auth.method: is missing; it is \"chap\" or \"mutual-chap\"; for neither, leave out "
        "[auth]");
  CHECK(refusal(with_line(kFullProfile, 15, "")) == "host1.toml:13: auth.user: is missing");
  CHECK(refusal(with_line(kFullProfile, 16, "")) == "host1.toml:13: auth.secret_file: is missing");
  CHECK(refusal(with_line(kFullProfile, 17, "")) == "host1.toml:13: auth.target_user: is missing");
  CHECK(refusal(with_line(kFullProfile, 18, "")) == "host1.toml:13: auth.target_secret_file: is missing");
  CHECK(refusal("") == "host1.toml: has no table [initiator]; see boot-profile(5)");
  CHECK(refusal(kMinProfile.substr(0, kMinProfile.find("[target]"))) ==
        "host1.toml: has no table [target]; see boot-profile(5)");
}

TEST_CASE("what no profile has") {
  check_cases(
      kFullProfile,
      {{3, "mca = 1", "initiator.mca: there is no such key; did you mean mac?"},
       {3, "lun = 1", "initiator.lun: there is no such key; it belongs to [target]"},
       {3, "nonsense = 1",
        "initiator.nonsense: there is no such key; its keys are name, mac, dhcp, address, gateway, vlan"},
       {3, "name.x = 1",
        "is not valid TOML: Error while parsing key-value pair: cannot redefine existing string as dotted "
        "key-value "
        "pair"},
       {19, "[boots]", "[boots]: there is no such table; did you mean [boot]?"}});
  CHECK(refusal("[golden-image]\n" + kMinProfile) ==
        "host1.toml:1: [golden-image]: there is no such table; the tables are initiator, target, auth, boot");
  CHECK(refusal("port = 1\n" + kMinProfile) ==
        "host1.toml:1: port: is not in any table; it belongs to [boot]");
  CHECK(refusal("x = 1\n" + kMinProfile) ==
        "host1.toml:1: x: is not in any table; the tables are initiator, target, auth, boot");
  CHECK(refusal("boot = 1\n" + kMinProfile) ==
        "host1.toml:1: boot: is a number and has to be a table; write it as [boot]");
  CHECK(refusal(kMinProfile + "[[boot]]\n") ==
        "host1.toml:6: boot: is a list of tables and has to be a table; write it as [boot]");
}

TEST_CASE("[initiator]") {
  check_cases(
      kFullProfile,
      {{3, "mac = \"52:54:00:12:34\"",
        "initiator.mac: \"52:54:00:12:34\" is not a MAC address; the form is 52:54:00:12:34:56"},
       {3, "mac = \"52:54:00:12:34:5g\"",
        "initiator.mac: \"52:54:00:12:34:5g\" is not a MAC address; the form is 52:54:00:12:34:56"},
       {3, "mac = \"52-54:00-12:34:56\"",
        "initiator.mac: \"52-54:00-12:34:56\" is not a MAC address; the form is 52:54:00:12:34:56"},
       {3, "mac = \"01:54:00:12:34:56\"",
        "initiator.mac: \"01:54:00:12:34:56\" is a group address (its first octet is odd), and no port has "
        "one "
        "(IEEE 802, 8.2)"},
       {3, "mac = \"00:00:00:00:00:00\"",
        "initiator.mac: \"00:00:00:00:00:00\" is all zeros, which no port has; "
        "the form is 52:54:00:12:34:56"},
       {4, "dhcp = \"no\"", "initiator.dhcp: is a string and has to be true or false, without quotes"},
       {5, "address = \"10.0.2.15\"",
        "initiator.address: \"10.0.2.15\" has no prefix, the number of bits of its network; "
        "write it like 10.0.2.15/24"},
       {5, "address = \"2001:db8::1\"",
        "initiator.address: \"2001:db8::1\" has no prefix, the number of bits of its network; "
        "write it like 2001:db8::1/64"},
       {5, "address = \"10.0.2/24\"",
        "initiator.address: \"10.0.2/24\" is not an IPv4 or IPv6 address; write it like 192.0.2.15/24"},
       {5, "address = \"10.0.2.15/33\"",
        "initiator.address: \"10.0.2.15/33\" has a prefix that is not between 1 and 32"},
       {5, "address = \"10.0.2.15/0\"",
        "initiator.address: \"10.0.2.15/0\" has a prefix that is not between 1 and 32"},
       {5, "address = \"10.0.2.15/\"",
        "initiator.address: \"10.0.2.15/\" has a prefix that is not between 1 and 32"},
       {5, "address = \"2001:db8::1/129\"",
        "initiator.address: \"2001:db8::1/129\" has a prefix that is not between 1 and 128"},
       {5, "address = \"10.0.2.0/24\"",
        "initiator.address: \"10.0.2.0/24\" is the address of the network itself"},
       {5, "address = \"10.0.2.255/24\"",
        "initiator.address: \"10.0.2.255/24\" is the broadcast address of the network"},
       {5, "address = \"127.0.0.1/8\"",
        "initiator.address: \"127.0.0.1/8\" is an address that no machine can have"},
       {6, "gateway = \"10.0.3.2\"", "initiator.gateway: \"10.0.3.2\" is not in the network of 10.0.2.15/24"},
       {6, "gateway = \"fe80::1\"",
        "initiator.gateway: \"fe80::1\" is of another kind than the address 10.0.2.15"},
       {6, "gateway = \"10.0.2.15\"",
        "initiator.gateway: \"10.0.2.15\" is the address of the machine itself"},
       {6, "gateway = \"10.0.2.255\"",
        "initiator.gateway: \"10.0.2.255\" is the broadcast address of the network"},
       {6, "gateway = \"router\"", "initiator.gateway: \"router\" is not an IPv4 or IPv6 address"},
       {7, "vlan = 4095", "initiator.vlan: 4095 is not between 0 and 4094 (IEEE 802.1Q)"},
       {7, "vlan = -1", "initiator.vlan: -1 is not between 0 and 4094 (IEEE 802.1Q)"},
       {7, "vlan = 1.5",
        "initiator.vlan: is a number with a fraction and has to be a whole number, without quotes"},
       {7, "vlan = \"7\"", "initiator.vlan: is a string and has to be a whole number, without quotes"}});
  CHECK(refusal(with_line(kFullProfile, 4, "dhcp = true")) ==
        "host1.toml:5: initiator.address: is given, and the machine gets it by DHCP; leave it out, or set "
        "dhcp = "
        "false; then see line 6");
  CHECK(refusal(with_line(with_line(kFullProfile, 5, ""), 6, "")) ==
        "host1.toml:4: initiator.dhcp: is false, and there is no address; give address = \"ADDRESS/PREFIX\"");
  // IPv6, whose routers are known by link-local addresses; and networks of two addresses.
  for (const auto& [address, gateway] :
       {std::pair("2001:db8::15/64", "fe80::1"), {"10.0.2.0/31", "10.0.2.1"}})
    CHECK(parse(with_line(with_line(kFullProfile, 5, "address = \"" + std::string(address) + "\""), 6,
                          "gateway = \"" + std::string(gateway) + "\""))
              .gateway == gateway);
}

TEST_CASE("[target]") {
  const std::string form = "; the form is ADDRESS[:PORT], with an IPv6 address in brackets";
  std::vector<Case> cases = {
      {9, "portals = \"10.0.2.2\"",
       "target.portals: is a string and has to be a list of strings; write it as [\"…\", \"…\"]"},
      {9, "portals = [3260]",
       "target.portals: is a list with a number in it and has to be a list of strings; write it as [\"…\", "
       "\"…\"]"},
      {9, "portals = [\"10.0.2.2\", \"10.0.2.3\", \"10.0.2.4\"]",
       "target.portals: has 3 portals, and firmware takes one or two"},
      {9, "portals = []", "target.portals: is empty"},
      {9, "portals = [\"10.0.2.2\", \"10.0.2.2:3260\"]",
       "target.portals: are the same one twice; write portal = \"…\" for one"},
      {11, "lun = 16384", "target.lun: 16384 is not between 0 and 16383 (SAM-5, flat space addressing)"},
      {11, "lun = -1", "target.lun: -1 is not between 0 and 16383 (SAM-5, flat space addressing)"},
      {11, "lun = true", "target.lun: is a boolean and has to be a whole number, without quotes"},
      {12, "reach = \"[fe80::1%]x\"",
       "target.reach: \"[fe80::1%]x\" is not a portal: has more than a port behind the IPv6 address" + form},
  };
  const std::pair<const char*, const char*> portals[] = {
      {"10.0.2.2:0", ": \"0\" is not a port"},
      {"10.0.2.2:70000", ": \"70000\" is not a port"},
      {"10.0.2", ": \"10.0.2\" is not an IPv4 address"},
      {"10.0.2.256", ": \"10.0.2.256\" is not an IPv4 address"},
      {"2001:db8::1", ": an IPv6 address needs brackets"},
      {"[2001:db8::1", ": has no ] behind the IPv6 address"},
      {"[10.0.2.2]", ": \"10.0.2.2\" is not an IPv6 address"},
      {"[fe80::1%eth0]", ": an interface (%) is known to one machine only"},
      {"san_1", ": \"san_1\" is not the name of a host (RFC 1123, 2.1)"},
      {"san..example", ": \"san..example\" is not the name of a host (RFC 1123, 2.1)"},
      {"iscsi://10.0.2.2", ""},
      {":3260", ": names no host"},
  };
  for (const auto& [text, why] : portals) {
    const std::string quoted = "\"" + std::string(text) + "\"";
    cases.push_back({9, "portal = " + quoted, "target.portal: " + quoted + " is not a portal" + why + form});
  }
  check_cases(kFullProfile, cases);
  CHECK(refusal(with_line(kFullProfile, 12, "portal = \"10.0.2.2\"")) ==
        "host1.toml:9: target.portals: is given beside portal; leave out one of them");
  CHECK(parse(with_line(kFullProfile, 12, "reach = \"[fe80::1%eth0]:860\"")).reach ==
        iscsi::Portal{"fe80::1%eth0", 860});
  CHECK(parse(with_line(kFullProfile, 9, "portal = \"san-1.Example.org\"")).portals[0].host ==
        "san-1.Example.org");
}

TEST_CASE("[auth]") {
  check_cases(kFullProfile,
              {{14, "method = \"kerberos\"", "auth.method: \"kerberos\" is none of chap, mutual-chap"},
               {14, "method = \"\"", "auth.method: is empty"},
               {15, "user = \"" + std::string(256, 'u') + "\"",
                "auth.user: has 256 bytes, and a CHAP name at most 255 (RFC 7143, 6.1)"},
               {17, "target_user = \"a\\nb\"", "auth.target_user: \"a\\x0ab\" has a control character in it"},
               {18, "target_secret_file = \"host1.secret\"",
                "auth.target_secret_file: \"host1.secret\" is the file of the other direction, whose secret "
                "must be different (RFC 7143, 9.2.1)"}});
  CHECK(refusal(with_line(kFullProfile, 14, "method = \"chap\"")) ==
        "host1.toml:17: auth.target_user: is not used by the method \"chap\"; leave it out, or make it "
        "\"mutual-chap\"; then see line 18");
  CHECK(parse(with_line(kFullProfile, 15, "user = \"" + std::string(255, 'u') + "\"")).user.size() == 255);
}

TEST_CASE("[boot]") {
  check_cases(kFullProfile, {{20, "firmware = \"efi\"", "boot.firmware: \"efi\" is none of bios, uefi"},
                             {21, "priority = \"first\"",
                              "boot.priority: \"first\" is none of primary, secondary, disabled"},
                             {22, "port = 0", "boot.port: 0 is not between 1 and 256"},
                             {22, "port = 257", "boot.port: 257 is not between 1 and 256"}});
  CHECK(parse(with_line(kFullProfile, 21, "priority = \"disabled\"")).priority == Priority::disabled);
}

TEST_CASE("several errors: the first by its line, and where the others are") {
  std::string text = with_line(kFullProfile, 22, "port = 0");
  text = with_line(text, 11, "lun = -1");
  text = with_line(text, 3, "mac = \"x\"");
  CHECK(refusal(text) ==
        "host1.toml:3: initiator.mac: \"x\" is not a MAC address; the form is 52:54:00:12:34:56; then see "
        "lines "
        "11, 22");
}

TEST_CASE("the example that people copy") {
  const BootProfile p = read_boot_profile(SANBOOT_SOURCE_DIR "/examples/host1.toml");
  CHECK(p.initiator == "iqn.2026-11.org.example:host1");
  CHECK(p.portals.size() == 1);
  CHECK(p.prefix == 24U);
  CHECK(p.target_secret_file == "target.secret");
  CHECK(p.firmware == Firmware::uefi);
}
