// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_conf.h"

#include <doctest/doctest.h>

#include "core/error.h"

using namespace san::target;

namespace {

TgtTarget example() {
  TgtTarget target;
  target.tid = 17;
  target.name = "iqn.2026-11.org.example:disk1";
  target.luns = {{0, "controller", "None", "", 0, 1, false, false},
                 {1, "disk", "/nowhere/host1.img", "x", 67, 512, true, false},
                 {2, "disk", "/nowhere/very-long-name-of-a-volume.img", "x", 67, 4096, false, true}};
  target.acl = {"255.255.255.255", "iqn.2026-11.org.example:host1"};
  return target;
}

}  // namespace

TEST_CASE("tgt: the file of conf.d") {
  const AccessRule access = {
      {"iqn.2026-11.org.example:host1"}, {{"host1", "secretsecret.._1"}}, {{"disk1", "secretsecret.._2"}}};
  const std::map<std::string, std::string> parameters = {{"HeaderDigest", "CRC32C,None"},
                                                         {"MaxBurstLength", "1048576"},
                                                         {"MaxQueueCmd", "128"},
                                                         {"nop_count", "0"}};
  const std::string text = tgt_conf_text(example(), parameters, access);
  CHECK(text ==
        "# Written by sanlun, and written anew when sanlun changes this target.\n"
        "<target iqn.2026-11.org.example:disk1>\n"
        "    driver iscsi\n"
        "    controller_tid 17\n"
        "    <backing-store /nowhere/host1.img>\n"
        "        lun 1\n"
        "        block-size 512\n"
        "        allow-in-use yes\n"
        "        product_id host1\n"
        "        product_rev 0001\n"
        "        scsi_id 2101c0a5f672c810\n"
        "        scsi_sn 2101c0a5f672c810\n"
        "        params thin_provisioning=1\n"
        "    </backing-store>\n"
        "    <backing-store /nowhere/very-long-name-of-a-volume.img>\n"
        "        lun 2\n"
        "        block-size 4096\n"
        "        allow-in-use yes\n"
        "        product_id very-long-name-o\n"
        "        product_rev 0001\n"
        "        scsi_id 2101c3a5f672cd29\n"
        "        scsi_sn 2101c3a5f672cd29\n"
        "        readonly 1\n"
        "    </backing-store>\n"
        "    incominguser host1 secretsecret.._1\n"
        "    outgoinguser disk1 secretsecret.._2\n"
        "    initiator-address 255.255.255.255\n"
        "    initiator-name iqn.2026-11.org.example:host1\n"
        "    HeaderDigest CRC32C,None\n"
        "    MaxBurstLength 1048576\n"
        "</target>\n");
  CHECK(tgt_conf_secrets(text) ==
        std::map<std::string, san::Secret>{{"host1", "secretsecret.._1"}, {"disk1", "secretsecret.._2"}});
  CHECK(tgt_conf_defines(text, "iqn.2026-11.org.example:disk1"));
  CHECK_FALSE(tgt_conf_defines(text, "iqn.2026-11.org.example:disk"));
}

TEST_CASE("tgt: what a shell would not leave alone is refused") {
  for (const char* path :
       {"/a b", "/$(reboot)", "/a`b`", "/a;b", "/a\nb", "/a\"b", "/a#b", "-x", "/a,b", ""}) {
    CAPTURE(path);
    TgtTarget target = example();
    target.luns[1].path = path;
    CHECK_THROWS_AS(tgt_conf_text(target, {}, {}), san::Error);
  }
  for (const char* secret :
       {"with space 123", "semicolon;1234", "dollar$1234567", "quote'12345678", "back\\slash123"}) {
    CAPTURE(secret);
    try {
      tgt_conf_text(example(), {}, {{}, {{"host1", secret}}, {}});
      FAIL("no error");
    } catch (const san::Error& error) {
      CHECK(std::string(error.what()).find(secret) == std::string::npos);
    }
  }
  CHECK_THROWS_AS(tgt_conf_text(example(), {{"MaxBurstLength", "1; reboot"}}, {}), san::Error);
}

TEST_CASE("tgt: identities are stable and differ") {
  const TgtIdentity one = tgt_identity("iqn.a:b", 1, "/x/host1.img");
  CHECK(one.product == "host1");
  CHECK(one.serial == tgt_identity("iqn.a:b", 1, "/other/place").serial);
  CHECK(one.serial != tgt_identity("iqn.a:b", 2, "/x/host1.img").serial);
  CHECK(one.serial != tgt_identity("iqn.a:c", 1, "/x/host1.img").serial);
  CHECK(one.serial.size() == 16);
  CHECK(tgt_identity("iqn.a:b", 1, "/").product == "DISK");
  CHECK(tgt_target_id("iqn.a:b") != tgt_target_id("iqn.a:c"));
  CHECK(tgt_target_id("iqn.a:b") >= 0x01000000);
  CHECK(tgt_target_id("iqn.a:b") < 0x80000000);
}
