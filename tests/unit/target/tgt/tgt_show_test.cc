// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_show.h"

#include <doctest/doctest.h>

#include <string>

using namespace san::target;

namespace {

std::span<const std::byte> bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Of tgt 1.0.85, as it came but for spaces at the ends of lines.
const std::string kShow = R"(Target 1: iqn.2026-11.lab:c1
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
        I_T nexus: 2
            Initiator: iqn.x:init1 alias: none
            Connection: 0
                IP Address: 127.0.0.1
    LUN information:
        LUN: 0
            Type: controller
            SCSI ID: IET     00010000
            SCSI SN: beaf10
            Size: 0 MB, Block size: 1
            Online: Yes
            Removable media: No
            Prevent removal: No
            Readonly: No
            SWP: No
            Thin-provisioning: No
            Backing store type: null
            Backing store path: None
            Backing store flags:
        LUN: 1
            Type: disk
            SCSI ID: 0123456789abcdef
            SCSI SN: 0123456789abcdef
            Size: 67 MB, Block size: 4096
            Online: Yes
            Removable media: No
            Prevent removal: No
            Readonly: No
            SWP: No
            Thin-provisioning: Yes
            Backing store type: rdwr
            Backing store path: /dev/shm/a.img
            Backing store flags:
    Account information:
        u1
        out1 (outgoing)
    ACL information:
        255.255.255.255
        iqn.x:init1
        iqn.x:init2
Target 1438960894: iqn.2026-11.lab:c2
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
    LUN information:
        LUN: 0
            Type: controller
            Size: 0 MB, Block size: 1
    Account information:
    ACL information:
)";

}  // namespace

TEST_CASE("tgt: targets") {
  const auto targets = parse_tgt_targets(bytes(kShow));
  REQUIRE(targets.size() == 2);
  const TgtTarget& first = targets[0];
  CHECK(first.tid == 1);
  CHECK(first.name == "iqn.2026-11.lab:c1");
  CHECK(first.driver == "iscsi");
  REQUIRE(first.luns.size() == 2);
  CHECK(first.luns[0].type == "controller");
  CHECK(first.luns[1] == TgtLun{1, "disk", "/dev/shm/a.img", "0123456789abcdef", 67, 4096, true, false});
  CHECK(first.sessions == std::vector<TgtSession>{{2, "iqn.x:init1", "127.0.0.1"}});
  CHECK(first.incoming == std::vector<std::string>{"u1"});
  CHECK(first.outgoing == std::vector<std::string>{"out1"});
  CHECK(first.acl == std::vector<std::string>{"255.255.255.255", "iqn.x:init1", "iqn.x:init2"});
  CHECK(targets[1].tid == 1438960894);
  CHECK(targets[1].luns.size() == 1);
  CHECK(targets[1].acl.empty());
}

TEST_CASE("tgt: any text will do") {
  CHECK(parse_tgt_targets({}).empty());
  CHECK(parse_tgt_targets(bytes("\n\n    LUN: 1\n")).empty());
  CHECK(parse_tgt_targets(bytes("Target x: y\nTarget 5\nTarget 99999999999: z\n")).empty());
  // An account that is named like a heading stays one.
  const auto targets = parse_tgt_targets(bytes(
      "Target 1: a\n    Account information:\n        ACL information:\n        b\n    ACL information:\n"));
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].incoming == std::vector<std::string>{"ACL information:", "b"});
  for (std::size_t length = 0; length < kShow.size(); ++length)
    CHECK(parse_tgt_targets(bytes(kShow).first(length)).size() <= 2);
  // What tgtd sends ends in a zero byte.
  CHECK(parse_tgt_accounts(bytes(std::string("Account list:\n    u1\n\0", 22))) ==
        std::vector<std::string>{"u1"});
}

TEST_CASE("tgt: parameters, accounts, portals") {
  const auto parameters =
      parse_tgt_parameters(bytes("nop_interval=0\nHeaderDigest=CRC32C,None\nx\n=y\n A=1\n"));
  CHECK(parameters ==
        std::map<std::string, std::string>{{"nop_interval", "0"}, {"HeaderDigest", "CRC32C,None"}});
  CHECK(parse_tgt_accounts(bytes("Account list:\n    u1\n    b c\n")) ==
        std::vector<std::string>{"u1", "b c"});
  CHECK(parse_tgt_accounts({}).empty());
  const auto portals = parse_tgt_portals(
      bytes("Portal: 0.0.0.0:3260,1\nPortal: [::]:3260,1\nPortal: 127.0.0.1:34567,1\nPortal: ?:x\nPortal\n"));
  REQUIRE(portals.size() == 3);
  CHECK(portals[0] == san::iscsi::Portal{"", 3260});
  CHECK(portals[1] == san::iscsi::Portal{"", 3260});
  CHECK(portals[2] == san::iscsi::Portal{"127.0.0.1", 34567});
}
