// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_driver.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "core/process/log.h"
#include "target/fake_configfs.h"
#include "target/lio/lio_tree.h"

using namespace san;
using namespace san::target;
namespace fs = std::filesystem;

namespace {

const std::string kTarget = "iqn.2026-11.org.example:disks";
const std::string kHost = "iqn.2026-11.org.example:host1";
const std::string kGroup = "iscsi/" + kTarget + "/tpgt_1";

struct Fixture {
  Fixture() {
    directory = fs::temp_directory_path() / ("lio-test-" + std::to_string(::getpid()));
    fs::remove_all(directory);
    fs::create_directories(directory);
    auto fake = std::make_unique<FakeConfigfs>(directory / "target");
    configfs = fake.get();
    driver = std::make_unique<LioDriver>(std::move(fake), directory / "saveconfig.json",
                                         iscsi::Portal{"0.0.0.0", 3260});
    driver->require();
    for (const char* name : {"host1.img", "host2.img"}) {
      std::ofstream(directory / name).put('x');
      fs::resize_file(directory / name, 1 << 20);
    }
  }
  ~Fixture() { fs::remove_all(directory); }

  TargetVolume volume(const std::string& name) const { return {(directory / name).string()}; }
  std::string get(const std::string& path) const { return configfs->read(path); }
  TargetState only() const {
    const auto all = driver->list();
    REQUIRE(all.size() == 1);
    return all.front();
  }
  /// What a test's kernel says of a file.
  void tell_info(const std::string& backstore) {
    configfs->put(backstore + "/info",
                  "  File: " + get(backstore + "/udev_path") + "  Size: 1048576  Mode: O_DSYNC");
  }

  fs::path directory;
  FakeConfigfs* configfs = nullptr;
  std::unique_ptr<LioDriver> driver;
};

const AccessRule kChap{{kHost}, {{"host1", "secret-of-host1"}}, {{"disks-target", "secret-of-disks"}}};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a target of one LUN, and its end") {
  driver->create_target(kTarget);
  CHECK(get(kGroup + "/enable") == "1");
  CHECK(get(kGroup + "/attrib/generate_node_acls") == "0");
  CHECK(configfs->is_directory(kGroup + "/np/0.0.0.0:3260"));

  driver->allow(kTarget, kChap);
  driver->attach(kTarget, 0, volume("host1.img"));
  const auto stores = backstores(*configfs);
  REQUIRE(stores.size() == 1);
  const Backstore& store = stores.front();
  CHECK(store.path.starts_with("core/fileio_0/host1-"));
  CHECK(get(store.path + "/control") ==
        "fd_dev_name=" + (directory / "host1.img").string() + ",fd_dev_size=1048576");
  CHECK(get(store.path + "/wwn/vpd_unit_serial") == unit_serial(kTarget, (directory / "host1.img").string()));
  const std::string revision = get(store.path + "/wwn/revision");
  CHECK(revision.size() == 4);
  CHECK(revision.starts_with("G"));
  CHECK(get(store.path + "/attrib/emulate_tpu") == "1");
  CHECK(get(store.path + "/attrib/emulate_tpws") == "1");
  CHECK(get(store.path + "/attrib/emulate_write_cache") == "0");
  CHECK(get(kGroup + "/acls/" + kHost + "/lun_0/write_protect") == "0");
  CHECK(configfs->resolve(kGroup + "/acls/" + kHost + "/lun_0/lun") ==
        configfs->resolve(kGroup + "/lun/lun_0"));

  tell_info(store.path);
  const TargetState state = only();
  CHECK(state.name == kTarget);
  REQUIRE(state.luns.size() == 1);
  CHECK(state.luns[0].size == 1048576);
  CHECK(state.luns[0].volume == volume("host1.img"));
  CHECK(state.sessions.empty());

  driver->delete_target(kTarget);
  CHECK(driver->list().empty());
  CHECK(backstores(*configfs).empty());
  CHECK(configfs->directories("core") == std::vector<std::string>{"alua"});
  CHECK_THROWS_AS(driver->delete_target(kTarget), Error);
  CHECK(fs::exists(directory / "host1.img"));
}

TEST_CASE_FIXTURE(Fixture, "accounts are written where they belong, and told without their secrets") {
  driver->create_target(kTarget);
  driver->allow(kTarget, kChap);
  const std::string auth = kGroup + "/acls/" + kHost + "/auth/";
  CHECK(get(auth + "userid") == "host1");
  CHECK(get(auth + "password") == "secret-of-host1");
  CHECK(get(auth + "userid_mutual") == "disks-target");
  CHECK(get(auth + "password_mutual") == "secret-of-disks");
  CHECK(get(kGroup + "/auth/password") == "NULL");
  CHECK(get(kGroup + "/attrib/authentication") == "1");
  const AccessRule told = only().access;
  CHECK(told == AccessRule{{kHost}, {{"host1", ""}}, {{"disks-target", ""}}});
  CHECK(driver->access(kTarget) == kChap);

  SUBCASE("rules of one initiator that are others': nobody can say them in one") {
    configfs->put(kGroup + "/acls/iqn.2026-11.org.example:host2/auth/userid", "other");
    CHECK_FALSE(driver->access(kTarget));
    CHECK(only().access.incoming.size() == 2);
  }
  SUBCASE("without CHAP the account goes") {
    driver->allow(kTarget, {{kHost}, {}, {}});
    CHECK(get(auth + "password") == "NULL");
    CHECK(get(kGroup + "/attrib/authentication") == "0");
    CHECK(driver->access(kTarget) == AccessRule{{kHost}, {}, {}});
  }
  SUBCASE("another initiator takes the place of the first, and gets its LUNs") {
    driver->attach(kTarget, 3, volume("host1.img"));
    driver->allow(kTarget, {{"iqn.2026-11.org.example:host2"}, kChap.incoming, {}});
    CHECK(configfs->directories(kGroup + "/acls") ==
          std::vector<std::string>{"iqn.2026-11.org.example:host2"});
    CHECK(configfs->is_directory(kGroup + "/acls/iqn.2026-11.org.example:host2/lun_3"));
  }
  SUBCASE("everybody") {
    driver->allow(kTarget, {{"ALL"}, kChap.incoming, {}});
    CHECK(get(kGroup + "/attrib/generate_node_acls") == "1");
    CHECK(get(kGroup + "/attrib/cache_dynamic_acls") == "0");
    CHECK(get(kGroup + "/attrib/demo_mode_write_protect") == "0");
    CHECK(get(kGroup + "/auth/password") == "secret-of-host1");
    CHECK(configfs->directories(kGroup + "/acls").empty());
    CHECK(driver->access(kTarget) == AccessRule{{"ALL"}, kChap.incoming, {}});
  }
}

TEST_CASE_FIXTURE(Fixture, "rules that LIO cannot have are refused before anything is changed") {
  driver->create_target(kTarget);
  driver->allow(kTarget, kChap);
  configfs->log.clear();
  const std::vector<AccessRule> wrong = {{{kHost}, {{"a", "secret-number-1"}, {"b", "secret-number-2"}}, {}},
                                         {{kHost}, {}, {{"long-enough", "secret-number-1"}}},
                                         {{kHost}, {{"a", "NULLsecret123"}}, {}},
                                         {{"iqn.2026-11.org.example:my_host"}, {}, {}}};
  for (const AccessRule& rule : wrong) {
    CHECK_THROWS_AS(driver->allow(kTarget, rule), Error);
    CHECK(driver->access(kTarget) == kChap);
  }
  CHECK(configfs->log.empty());
}

TEST_CASE_FIXTURE(Fixture, "a name that libiscsi could not read is warned of") {
  driver->create_target(kTarget);
  std::vector<std::string> said;
  log::set_sink([&](log::Level, std::string_view text) { said.emplace_back(text); });
  for (const char* name : {"a", "ab", "disk1", "disk01", "123456789", "1234567890", "12345678901"})
    driver->allow(kTarget, {{kHost}, kChap.incoming, {{name, "secret-of-disks"}}});
  log::set_sink({});
  REQUIRE(said.size() == 3);
  CHECK(said[0].starts_with("a: "));
  CHECK(said[1].starts_with("disk1: "));
  CHECK(said[2].starts_with("123456789: "));
}

TEST_CASE_FIXTURE(Fixture, "read-only LUNs") {
  driver->create_target(kTarget);
  TargetVolume read_only = volume("host1.img");
  read_only.read_only = true;
  driver->attach(kTarget, 0, read_only);
  CHECK(only().luns[0].volume.read_only);  // before there is a rule that says so
  driver->allow(kTarget, kChap);
  CHECK(get(kGroup + "/acls/" + kHost + "/lun_0/write_protect") == "1");
  driver->allow(kTarget, {{"ALL"}, {}, {}});
  CHECK(get(kGroup + "/attrib/demo_mode_write_protect") == "1");
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 1, volume("host2.img")),
                       doctest::Contains("open to everybody"), Error);
  CHECK(only().luns.size() == 1);
  CHECK(backstores(*configfs).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "attach refuses, and leaves nothing behind") {
  driver->create_target(kTarget);
  driver->attach(kTarget, 0, volume("host1.img"));
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 0, volume("host2.img")), doctest::Contains("LUN 0 already"),
                       Error);
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 256, volume("host2.img")), doctest::Contains("0 to 255"),
                       Error);
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 1, volume("missing.img")), doctest::Contains("No such file"),
                       Error);
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 1, {"/a,b"}), doctest::Contains("commas"), Error);
  CHECK_THROWS_WITH_AS(driver->attach("iqn.2026-11.org.example:x", 1, volume("host2.img")),
                       doctest::Contains("no such target"), Error);
  TargetVolume larger_blocks = volume("host1.img");
  larger_blocks.block_size = 4096;
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 1, larger_blocks), doctest::Contains("another LUN"), Error);
  larger_blocks = volume("host2.img");
  larger_blocks.block_size = 3 << 20;
  CHECK_THROWS_WITH_AS(driver->attach(kTarget, 1, larger_blocks), doctest::Contains("not a number of blocks"),
                       Error);
  CHECK(only().luns.size() == 1);
  CHECK(backstores(*configfs).size() == 1);

  // One volume behind two LUNs stays until the last of them is gone; initiators see none of those that are
  // gone.
  driver->allow(kTarget, kChap);
  driver->attach(kTarget, 7, volume("host1.img"));
  CHECK(backstores(*configfs).size() == 1);
  driver->detach(kTarget, 0);
  CHECK(backstores(*configfs).size() == 1);
  CHECK(mapped_luns(*configfs, kGroup + "/acls/" + kHost).size() == 1);
  driver->detach(kTarget, 7);
  CHECK(backstores(*configfs).empty());
  CHECK(mapped_luns(*configfs, kGroup + "/acls/" + kHost).empty());
  CHECK_THROWS_WITH_AS(driver->detach(kTarget, 7), doctest::Contains("no LUN 7"), Error);
}

TEST_CASE_FIXTURE(Fixture, "a kernel that refuses half-way leaves nothing behind") {
  driver->create_target(kTarget);
  driver->allow(kTarget, kChap);
  // The rule's directory for the LUN is there already, so that it cannot be made.
  fs::create_directories(configfs->full(kGroup + "/acls/" + kHost + "/lun_0"));
  CHECK_THROWS_AS(driver->attach(kTarget, 0, volume("host1.img")), Error);
  CHECK(only().luns.empty());
  CHECK(backstores(*configfs).empty());
}

TEST_CASE_FIXTURE(Fixture, "tuning") {
  driver->create_target(kTarget);
  driver->allow(kTarget, kChap);
  driver->tune(kTarget, {{"InitialR2T", "No"}, {"MaxQueueCmd", "128"}});
  CHECK(get(kGroup + "/param/InitialR2T") == "No");
  CHECK(get(kGroup + "/attrib/default_cmdsn_depth") == "128");
  CHECK(get(kGroup + "/acls/" + kHost + "/cmdsn_depth") == "128");
  CHECK(only().parameters.at("MaxQueueCmd") == "128");
  CHECK(only().parameters.at("MaxBurstLength") == "262144");
  CHECK_THROWS_WITH_AS(driver->tune(kTarget, {{"Nonsense", "1"}}), doctest::Contains("no such parameter"),
                       Error);
  CHECK_THROWS_AS(driver->tune(kTarget, {{"../enable", "0"}}), Error);
}

TEST_CASE_FIXTURE(Fixture, "sessions") {
  driver->create_target(kTarget);
  driver->allow(kTarget, kChap);
  configfs->put("iscsi/" + kTarget + "/fabric_statistics/iscsi_instance/sessions", "1\n");
  CHECK(only().sessions.size() == 1);
  configfs->put(kGroup + "/acls/" + kHost + "/info",
                "InitiatorName: " + kHost + "\n   Address 192.0.2.7:4711 TCP  StatSN: 0x1\n");
  REQUIRE(only().sessions.size() == 1);
  CHECK(only().sessions[0].address == "192.0.2.7:4711");
  CHECK(only().sessions[0].initiator == kHost);
}

TEST_CASE_FIXTURE(Fixture, "the identity of a volume stays") {
  driver->create_target(kTarget);
  driver->attach(kTarget, 0, volume("host1.img"));
  const std::string name = backstores(*configfs).front().name;
  driver->delete_target(kTarget);
  driver->create_target(kTarget);
  driver->attach(kTarget, 5, volume("host1.img"));
  CHECK(backstores(*configfs).front().name == name);
  CHECK(unit_serial(kTarget, "/a") != unit_serial(kTarget + "x", "/a"));
  CHECK(unit_serial(kTarget, "/a") == "5b08d1c5-a7d5-c64f-52d8-680d454dd647");
}

TEST_CASE("what the kernel lacks is said") {
  const fs::path directory = fs::temp_directory_path() / ("lio-require-" + std::to_string(::getpid()));
  fs::remove_all(directory);
  const auto driver = [&] {
    return LioDriver(std::make_unique<Configfs>((directory / "target").string()), "",
                     iscsi::Portal{"0.0.0.0", 3260});
  };
  CHECK_THROWS_WITH_AS(driver().require(), doctest::Contains("has no configfs"), Error);
  fs::create_directories(directory);
  CHECK_THROWS_WITH_AS(driver().require(), doctest::Contains("not mounted"), Error);
  fs::create_directories(directory / "target");
  CHECK_NOTHROW(driver().require());
  CHECK(driver().list().empty());
  fs::remove_all(directory);
}
