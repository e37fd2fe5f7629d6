// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_text.h"

#include <doctest/doctest.h>

#include "core/error.h"

using namespace san;
using namespace san::target;

namespace {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("info of a file") {
  const auto info = parse_device_info(
      bytes("Status: ACTIVATED  Max Queue Depth: 128  SectorSize: 512  HwMaxSectors: 16384\n"
            "        TCM FILEIO ID: 0        File: /srv/a disk  Size: 7.img  Size: 268435456  Mode: O_DSYNC "
            "Async: 0\n"));
  CHECK(info.path == "/srv/a disk  Size: 7.img");
  CHECK(info.size == 268435456u);
  CHECK_FALSE(info.read_only);
}

TEST_CASE("info of a device") {
  const std::string front =
      "Status: DEACTIVATED  Max Queue Depth: 128  SectorSize: 512  HwMaxSectors: 256\n"
      "        iBlock device: sda  UDEV PATH: /dev/sda  readonly: ";
  const std::string end = "\n        Major: 8 Minor: 0  CLAIMED: IBLOCK\n";
  CHECK(parse_device_info(bytes(front + "1" + end)).read_only);
  const auto info = parse_device_info(bytes(front + "0" + end));
  CHECK_FALSE(info.read_only);
  CHECK_FALSE(info.size);
  CHECK(info.path.empty());
}

TEST_CASE("info that is cut off or says nothing") {
  CHECK(parse_device_info({}).path.empty());
  CHECK_FALSE(parse_device_info(bytes("File: /a  Size: 18446744073709551616  Mode: ")).size);
  CHECK_FALSE(parse_device_info(bytes("File: /a  Size: ")).size);
}

TEST_CASE("session of a rule") {
  const auto session =
      parse_session_info(bytes("InitiatorName: iqn.2026-11.org.example:host1\nInitiatorAlias: \n"
                               "LIO Session ID: 7   ISID: 0x00 02 3d 00 00 01  TSIH: 7  SessionType: Normal\n"
                               "Session State: TARG_SESS_STATE_LOGGED_IN\n"
                               "----------------------[iSCSI Connections]-------------------------\n"
                               "CID: 0  Connection State: TARG_CONN_STATE_LOGGED_IN\n"
                               "   Address [2001:db8::7]:51234 TCP  StatSN: 0x7d2a\n"));
  REQUIRE(session);
  CHECK(session->initiator == "iqn.2026-11.org.example:host1");
  CHECK(session->address == "[2001:db8::7]:51234");
  CHECK_FALSE(parse_session_info(
      bytes("No active iSCSI Session for Initiator Endpoint: iqn.2026-11.org.example:h\n")));
  CHECK_FALSE(parse_session_info({}));
}

TEST_CASE("sessions of initiators without a rule") {
  using namespace std::string_view_literals;
  CHECK(parse_dynamic_sessions(bytes("iqn.a\niqn.b\0\n"sv)) == std::vector<std::string>{"iqn.a", "iqn.b"});
  CHECK(parse_dynamic_sessions({}).empty());
}

TEST_CASE("numbers in names") {
  CHECK(number_behind("lun_", "lun_255") == 255u);
  CHECK_FALSE(number_behind("lun_", "lun_"));
  CHECK_FALSE(number_behind("lun_", "lun_65536"));
  CHECK_FALSE(number_behind("lun_", "lun_1x"));
  CHECK_FALSE(number_behind("lun_", "statistics"));
}

TEST_CASE("names that targetctl takes") {
  for (const char* name : {"iqn.2026-11.org.example:host1", "iqn.2026-11.org.example", "eui.02004567a425678d",
                           "naa.52004567ba64678d"})
    CHECK_NOTHROW(check_lio_name(name));
  for (const char* name :
       {"iqn.2026-11.org:host1", "iqn.2026-11.org.example:Host1", "iqn.2026-11.org.example:a_b",
        "iqn.2026.org.example", "iqn.", "naa.62004567ba64678d", "naa.52004567ba64678d0",
        "eui.02004567a425678g", "host1", ""})
    CHECK_THROWS_AS_MESSAGE(check_lio_name(name), Error, name);
}
