// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/write_profile.h"

#include <random>

#include "boot/profiles.h"
#include "temp_dir.h"

using namespace san;
using namespace san::boot;

namespace {

using Random = std::mt19937;

bool chance(Random& random) {
  return random() % 2 == 0;
}

std::string random_text(Random& random) {
  const std::string pieces[] = {"a", "Z", "0", " ", "\"",       "\\",
                                "'", "#", "=", "[", "\xC3\xA4", "\xE2\x82\xAC"};
  std::string text;
  for (std::size_t left = 1 + random() % 20; left > 0; --left) text += pieces[random() % std::size(pieces)];
  return text;
}

std::string random_name(Random& random) {
  switch (random() % 3) {
    case 0:
      return "eui.0123456789abcdef";
    case 1:
      return "naa.62004567ba64678d0123456789abcdef";
    default:
      return "iqn.2026-11.org.example:host" + std::to_string(random());
  }
}

iscsi::Portal random_portal(Random& random) {
  const char* const hosts[] = {"10.0.2.2", "2001:db8::1", "san.example.org", "192.0.2.7"};
  return {hosts[random() % std::size(hosts)], static_cast<std::uint16_t>(1 + random() % 65535)};
}

/// Some profile that keeps all rules.
BootProfile random_profile(Random& random) {
  BootProfile p;
  p.path = "p.toml";
  p.initiator = random_name(random);
  if (chance(random)) p.mac = "52:54:00:ab:cd:ef";
  p.dhcp = chance(random);
  if (!p.dhcp) {
    const bool six = chance(random);
    p.address = six ? "2001:db8::15" : "10.0.2.9";
    p.prefix = 24 + random() % 6;
    if (chance(random)) p.gateway = six ? "fe80::1" : "10.0.2.10";
  }
  p.vlan = static_cast<std::uint16_t>(random() % 4095);
  p.portals.push_back(random_portal(random));
  if (chance(random)) p.portals.push_back(random_portal(random));
  if (p.portals.size() == 2 && p.portals[0] == p.portals[1]) p.portals.pop_back();
  p.target = random_name(random);
  p.lun = static_cast<std::uint16_t>(random() % 16384);
  if (chance(random)) p.reach = random_portal(random);
  if (chance(random)) {
    p.user = random_text(random);
    p.secret_file = random_text(random) + "1";
    if (chance(random)) {
      p.target_user = random_text(random);
      p.target_secret_file = random_text(random) + "2";
    }
  }
  p.firmware = chance(random) ? Firmware::bios : Firmware::uefi;
  p.priority = std::array{Priority::primary, Priority::secondary, Priority::disabled}[random() % 3];
  p.port = 1 + random() % 256;
  return p;
}

BootProfile read_back(const BootProfile& profile) {
  const std::string text = write_boot_profile(profile);
  CAPTURE(text);
  return parse_boot_profile(std::as_bytes(std::span(text)), profile.path);
}

}  // namespace

TEST_CASE("what is written") {
  CHECK(write_boot_profile(parse(kFullProfile)) == R"(# A boot profile of sanboot: see boot-profile(5).

[initiator]                      # the machine
name = "iqn.2026-11.org.example:host1"
mac = "52:54:00:12:34:56"
dhcp = false
address = "10.0.2.15/24"
gateway = "10.0.2.2"
vlan = 7                         # 0: none

[target]                         # its disk
portals = ["10.0.2.2:3260", "[2001:db8::1]:3261"]
name = "iqn.2026-11.org.example:golden"
lun = 1
reach = "127.0.0.1:3262"         # how the tools reach the portal, not the machine

[auth]                           # how each proves who it is
method = "mutual-chap"
user = "host1"
secret_file = "host1.secret"     # 0600; path relative to this file
target_user = "target"
target_secret_file = "target.secret"

[boot]
firmware = "bios"                # uefi or bios
priority = "secondary"           # primary, secondary, disabled
port = 2                         # of the NIC
)");
}

TEST_CASE("what is written is read back the same") {
  Random random(20261123);
  for (int i = 0; i < 2000; ++i) {
    const BootProfile profile = random_profile(random);
    CHECK(read_back(profile) == profile);
  }
}

TEST_CASE("a new file, and none that was there") {
  const TempDir place;
  const std::string path = place / "host1.toml";
  BootProfile profile = parse(kFullProfile);
  profile.path = path;
  const mode_t mask = umask(022);
  save_boot_profile(profile, path);
  umask(mask);
  CHECK(read_boot_profile(path) == profile);
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0644));

  profile.lun = 9;
  const auto error = error_of([&] { save_boot_profile(profile, path); });
  REQUIRE(error);
  CHECK(error->code() == Exit::refused);
  CHECK(error->what() == path + ": already exists; name another file, or remove this one");
  CHECK(read_boot_profile(path).lun == 1);
  save_boot_profile(profile, path, true);
  CHECK(read_boot_profile(path) == profile);
  CHECK(std::distance(std::filesystem::directory_iterator(place / ""), {}) == 1);
}

TEST_CASE("what breaks a rule is not written") {
  const TempDir place;
  BootProfile profile = parse(kFullProfile);
  profile.initiator = "iqn.2026-11.ORG";
  const auto error = error_of([&] { save_boot_profile(profile, place / "new"); });
  REQUIRE(error);
  CHECK(error->code() == Exit::usage);
  CHECK(error->object() == place / "new" + ":4");
  CHECK_FALSE(std::filesystem::exists(place / "new"));
  const auto nowhere = error_of([&] { save_boot_profile(parse(kFullProfile), place / "no/where"); });
  REQUIRE(nowhere);
  CHECK(nowhere->code() == Exit::failed);
}
