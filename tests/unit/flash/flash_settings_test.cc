// SPDX-License-Identifier: Apache-2.0
#include "flash/flash_settings.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "block/device_checks.h"
#include "temp_dir.h"

using namespace san::flash;

namespace {

san::boot::BootProfile profile(const TempDir& directory) {
  san::boot::BootProfile p;
  p.path = directory / "host1.toml";
  p.initiator = "iqn.2026-11.org.example:host1";
  p.portals = {{"10.0.2.2", 3260}};
  p.target = "iqn.2026-11.org.example:golden";
  p.lun = 1;
  return p;
}

}  // namespace

TEST_CASE("a profile sets everything, the absence of CHAP too") {
  const TempDir directory;
  const FlashSettings s = settings_of(profile(directory));
  CHECK(s.dhcp == true);
  CHECK(!s.address);
  CHECK(s.auth == Auth::none);
  CHECK(s.vlan == 0);
  CHECK(s.priority == san::boot::Priority::primary);
  CHECK(!s.mac);
  CHECK(!s.empty());
  CHECK(FlashSettings{}.empty());
}

TEST_CASE("secrets come from files beside the profile") {
  const TempDir directory;
  directory.text_file("a", "0123456789ab");
  directory.text_file("b", "ba9876543210");
  auto p = profile(directory);
  p.user = "host1";
  p.secret_file = "a";
  FlashSettings s = settings_of(p);
  CHECK(s.auth == Auth::chap);
  CHECK(s.secret == "0123456789ab");
  CHECK(!s.target_secret);
  p.target_user = "target";
  p.target_secret_file = directory / "b";
  s = settings_of(p);
  CHECK(s.auth == Auth::mutual_chap);
  CHECK(s.target_secret == "ba9876543210");
  directory.text_file("a", "0123456789ab", 0644);
  const auto error = error_of([&] { settings_of(p); });
  REQUIRE(error);
  CHECK(contains(error->what(), "others than its owner"));
}

TEST_CASE("a static address and a priority") {
  const TempDir directory;
  auto p = profile(directory);
  p.dhcp = false;
  p.address = "10.0.2.15";
  p.prefix = 24;
  p.priority = san::boot::Priority::disabled;
  const FlashSettings s = settings_of(p);
  CHECK(s.dhcp == false);
  CHECK(s.address == "10.0.2.15");
  CHECK(s.prefix == 24);
  CHECK(s.gateway == "");
  CHECK(s.priority == san::boot::Priority::disabled);
}

TEST_CASE("an address has the bits of its network") {
  FlashSettings s;
  parse_address(s, "10.0.2.15/20", "--address");
  CHECK(s.address == "10.0.2.15");
  CHECK(s.prefix == 20);
  CHECK(s.dhcp == false);
  parse_address(s, "2001:db8::1/64", "--address");
  CHECK(s.prefix == 64);
  for (const char* wrong : {"10.0.2.15", "10.0.2.15/", "10.0.2.15/0", "10.0.2.15/33", "10.0.2/24", "x/24",
                            "10.0.2.15/2x", "/24"}) {
    const auto error = error_of([&] { parse_address(s, wrong, "--address"); });
    REQUIRE(error);
    CHECK(error->code() == san::Exit::usage);
  }
}
