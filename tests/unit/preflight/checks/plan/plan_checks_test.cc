// SPDX-License-Identifier: Apache-2.0
// Checks of the boot profile.
#include <doctest/doctest.h>

#include <filesystem>

#include "boot/profile/read_profile.h"
#include "preflight/check/check.h"
#include "preflight/facts/subject.h"
#include "temp_dir.h"

using namespace san;
using namespace san::preflight;

namespace {

/// A profile with CHAP, and its secret.
struct Plan {
  Plan() {
    const std::string secret = dir.text_file("secret", "a-secret-1234\n");
    std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
    const std::string file =
        dir.text_file("host1.toml",
                      "[initiator]\nname = \"iqn.2026-11.org.example:host1\"\n"
                      "[target]\nportal = \"192.0.2.1\"\n"
                      "name = \"iqn.2026-11.org.example:disk\"\nlun = 1\n"
                      "[auth]\nmethod = \"chap\"\nuser = \"host1\"\nsecret_file = \"secret\"\n"
                      "[boot]\nfirmware = \"uefi\"\n");
    profile = boot::read_boot_profile(file);
  }
  Outcome evaluate(const std::string& id, SubjectOptions options = {}) const {
    KnownFacts known;
    known.profile = std::make_shared<boot::BootProfile>(profile);
    Subject subject(std::move(options), known);
    const Check* const check = find_check(id);
    REQUIRE_MESSAGE(check != nullptr, id);
    return check->evaluate(subject);
  }
  Status status(const std::string& id, SubjectOptions options = {}) const {
    return evaluate(id, std::move(options)).status;
  }
  TempDir dir;
  boot::BootProfile profile;
};

}  // namespace

TEST_CASE("a plan without a fault, and none") {
  const Plan plan;
  for (const char* const id : {"IBFT-04", "IPXE-01", "IPXE-02", "IPXE-03"}) {
    CAPTURE(id);
    CHECK(plan.status(id) == Status::pass);
    Subject nothing{SubjectOptions()};
    CHECK(find_check(id)->evaluate(nothing).status == Status::not_applicable);
  }
}

TEST_CASE("IBFT-05: room for names and secrets") {
  Plan plan;
  SubjectOptions bios;
  bios.firmware = boot::Firmware::bios;
  CHECK(plan.status("IBFT-05", bios) == Status::pass);
  CHECK(plan.status("IBFT-05") == Status::not_applicable);  // UEFI
  plan.profile.target += std::string(180, 'x');
  const Outcome full = plan.evaluate("IBFT-05", bios);
  CHECK(full.status == Status::fail);
  CHECK(full.evidence.at(0).found.find("bytes of iPXE's iBFT") != std::string::npos);
  CHECK(plan.status("IBFT-05") == Status::not_applicable);
  // Half the name fits once, and not for two portals.
  plan.profile.target.erase(28 + 90);
  CHECK(plan.status("IBFT-05", bios) == Status::pass);
  plan.profile.portals.push_back({"192.0.2.2", 3260});
  CHECK(plan.status("IBFT-05", bios) == Status::fail);
}

TEST_CASE("IPXE-01: the root path") {
  Plan plan;
  CHECK(plan.evaluate("IPXE-01").evidence.at(0).found ==
        "iscsi:192.0.2.1::3260:1:iqn.2026-11.org.example:disk");
  SubjectOptions options;
  options.device = "iscsi://192.0.2.1/iqn.2026-11.org.example:disk/1";
  CHECK(plan.status("IPXE-01", options) == Status::pass);
  SUBCASE("another LUN is examined") {
    options.device = "iscsi://192.0.2.1/iqn.2026-11.org.example:disk/2";
    CHECK(plan.status("IPXE-01", options) == Status::fail);
  }
  SUBCASE("another target is examined") {
    options.device = "iscsi://192.0.2.1/iqn.2026-11.org.example:other/1";
    CHECK(plan.status("IPXE-01", options) == Status::fail);
  }
  SUBCASE("the NIC does not boot") {
    plan.profile.priority = boot::Priority::secondary;
    CHECK(plan.status("IPXE-01") == Status::pass);
    plan.profile.priority = boot::Priority::disabled;
    CHECK(plan.status("IPXE-01") == Status::fail);
  }
  SUBCASE("a name that is none: no file has it, a profile made in memory may") {
    plan.profile.target = "disk";
    CHECK(plan.status("IPXE-01") == Status::fail);
  }
}

TEST_CASE("IPXE-02: the initiator name") {
  Plan plan;
  SubjectOptions options;
  options.login.initiator = "iqn.2026-11.org.example:host1";
  CHECK(plan.status("IPXE-02", options) == Status::pass);
  options.login.initiator = "iqn.2026-11.org.example:host2";
  const Outcome other = plan.evaluate("IPXE-02", options);
  CHECK(other.status == Status::fail);
  CHECK(other.evidence.at(0).where == "--initiator");
  plan.profile.initiator = "host1";
  CHECK(plan.status("IPXE-02") == Status::fail);
}

TEST_CASE("IPXE-03: CHAP") {
  Plan plan;
  for (const char* const good : {"host1", "Host-1.example"}) {
    plan.profile.user = good;
    CHECK(plan.status("IPXE-03") == Status::pass);
  }
  for (const char* const fragile : {"host 1", "host;1", "host#1", "host\"1"}) {
    CAPTURE(fragile);
    plan.profile.user = fragile;
    const Outcome outcome = plan.evaluate("IPXE-03");
    CHECK(outcome.status == Status::fail);
    CHECK(outcome.lowered == Severity::warning);
  }
  plan.profile.user.clear();
  plan.profile.secret_file.clear();
  CHECK(plan.evaluate("IPXE-03").evidence.at(0).found == "no CHAP");
  plan.profile.target_user = "target";
  const Outcome mixed = plan.evaluate("IPXE-03");
  CHECK(mixed.status == Status::fail);
  CHECK_FALSE(mixed.lowered);
}
