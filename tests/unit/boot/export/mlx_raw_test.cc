// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "block/device_checks.h"
#include "boot/export/exports.h"

using namespace san;
using namespace san::boot;

namespace {

BootProfile profile() {
  BootProfile p;
  p.path = "host1.toml";
  p.initiator = "iqn.2026-11.org.example:host1";
  p.portals = {{"10.0.2.3", 3260}};
  p.target = "iqn.2026-11.org.example:golden";
  p.lun = 1;
  p.firmware = Firmware::bios;
  return p;
}

std::string refusal(const BootProfile& p, const iscsi::Credentials& auth = {}) {
  const auto error = error_of([&] { mlx_raw(p, auth); });
  if (!error) return "no error";
  CHECK(error->code() == Exit::usage);
  return error->what();
}

}  // namespace

// Names and places of all fields are checked by tests/system/export_mlx.sh.
TEST_CASE("mlx-raw: a line is length, class, port and number, then big-endian words") {
  BootProfile p = profile();
  p.port = 2;
  const std::string text = mlx_raw(p, {});
  CHECK(text.starts_with("MLNX_RAW_TLV_FILE\n% iqn.2026-11.org.example:host1 boots"));
  CHECK(contains(text, "\n0x02000008 0x03020240 0x00000000 0x456e6162 0x6c656400\n"));
  CHECK(contains(text, "\n0x02000004 0x0302023a 0x00000000 0x80000000\n"));
  CHECK_FALSE(contains(text, "secrets"));
  CHECK(contains(mlx_raw(p, {"", "host1", "0123456789ab", "", ""}), "% This file holds CHAP secrets"));
}

TEST_CASE("mlx-raw: what FlexBoot cannot carry is told with the numbers") {
  BootProfile p = profile();
  CHECK(refusal(p) == "no error");
  p.firmware = Firmware::uefi;
  CHECK(
      contains(refusal(p), "mlx-raw cannot carry it: the settings are those of FlexBoot, a ROM for a BIOS"));
  p = profile();
  p.portals.push_back({"10.0.2.4", 3260});
  CHECK(contains(refusal(p), "there are 2 portals, and FlexBoot uses only one"));
  for (const char* host : {"2001:db8::1", "storage.example.org"}) {
    p.portals = {{host, 3260}};
    CHECK(contains(refusal(p), "is not an IPv4 address"));
  }
  p = profile();
  p.dhcp = false;
  CHECK(contains(refusal(p), "the machine has no IPv4 address"));
  p = profile();
  p.lun = 10;
  CHECK(contains(refusal(p), "the LUN is 10, and only 0 to 9"));
  p = profile();
  p.portals = {{"255.255.255.255", 65535}};
  p.target = "iqn.2026-11.org.example:" + std::string(197, 't');
  CHECK(refusal(p) == "no error");
  p.target += "tt";
  CHECK(contains(refusal(p), "the root path has 254 bytes, and FlexBoot has room for 252"));
  p = profile();
  p.port = 256;
  CHECK(contains(refusal(p), "the port is 256"));
  p = profile();
  CHECK(contains(refusal(p, {"", std::string(129, 'u'), "0123456789ab", "", ""}),
                 "129 bytes, and there is room for 128"));
  CHECK(
      contains(refusal(p, {"", "u", "0123456789abcdefg", "", ""}), "17 bytes, and FlexBoot takes 12 to 16"));
}
