// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_saveconfig.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "target/fake_configfs.h"
#include "target/lio/lio_driver.h"
#include "target/lio/lio_tree.h"

using namespace san;
using namespace san::target;
namespace fs = std::filesystem;

namespace {

const std::string kTarget = "iqn.2026-11.org.example:disks";
const std::string kHost = "iqn.2026-11.org.example:host1";

// What others have: things in an order of their own, numbers of every kind, and what we know nothing of.
constexpr const char* kOthers = R"({
  "fabric_modules": [{"name": "iscsi", "discovery_enable_auth": true}],
  "storage_objects": [
    {"plugin": "fileio", "name": "theirs", "dev": "/a", "size": 18446744073709551615, "alua_tpgs": [{"tg_pt_gp_id": 0}]},
    {"plugin": "user", "name": "unused", "config": "rbd/x"}
  ],
  "zzz": {"b": 0.1, "a": -7, "text": "\u00fc \"quoted\""},
  "targets": [
    {"wwn": "iqn.2026-11.org.example:theirs", "fabric": "iscsi",
     "tpgs": [{"tag": 1, "luns": [{"index": 0, "storage_object": "/backstores/fileio/theirs"}]}]},
    {"wwn": "naa.5001405abcdef012", "fabric": "loopback", "tpgs": []}
  ]
})";

Json parse(const std::string& text) {
  return parse_saveconfig(std::as_bytes(std::span(text)), "saveconfig.json");
}

Json saved(const std::string& object) {
  Json target = {{"fabric", "iscsi"}, {"wwn", kTarget}};
  target["tpgs"] = Json::array({{{"tag", 1}}});
  target["tpgs"][0]["luns"] =
      Json::array({{{"index", 0}, {"storage_object", "/backstores/fileio/" + object}}});
  Json made;
  made["storage_objects"] = Json::array({{{"plugin", "fileio"}, {"name", object}, {"dev", "/" + object}}});
  made["targets"].push_back(target);
  return made;
}

struct Fixture {
  Fixture() {
    directory = fs::temp_directory_path() / ("saveconfig-test-" + std::to_string(::getpid()));
    fs::remove_all(directory);
    fs::create_directories(directory);
    std::ofstream(directory / "host1.img").put('x');
    fs::resize_file(directory / "host1.img", 1 << 20);
    auto fake = std::make_unique<FakeConfigfs>(directory / "target");
    configfs = fake.get();
    path = directory / "etc/saveconfig.json";
    driver = std::make_unique<LioDriver>(std::move(fake), path, iscsi::Portal{"::", 3260});
    driver->require();
  }
  ~Fixture() { fs::remove_all(directory); }
  std::string file() const {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  void create() {
    driver->create_target(kTarget);
    driver->attach(kTarget, 2, {directory / "host1.img"});
    driver->allow(kTarget, access);
    const Backstore store = backstores(*configfs).front();
    configfs->put(store.path + "/info",
                  "File: " + (directory / "host1.img").string() + "  Size: 1048576  Mode:");
    configfs->put(store.path + "/wwn/vpd_unit_serial", "T10 VPD Unit Serial Number: 1234-5\n");
  }

  const AccessRule access{{kHost}, {{"host1", "secret-of-\"host1\""}}, {{"disks-target", "secret-of-disks"}}};
  fs::path directory;
  std::string path;
  FakeConfigfs* configfs = nullptr;
  std::unique_ptr<LioDriver> driver;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what is written down of a target") {
  create();
  CHECK(driver->persist(kTarget, access));
  std::string text = file();
  const std::string name = backstores(*configfs).front().name;
  for (const auto& [what, by] :
       {std::pair{name, std::string("NAME")}, {directory.string(), std::string("DIR")}})
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what))
      text.replace(at, what.size(), by);
  CHECK(text == R"({
  "storage_objects": [
    {
      "attributes": {
        "block_size": 512,
        "emulate_tpu": 1,
        "emulate_tpws": 1,
        "emulate_write_cache": 0
      },
      "dev": "DIR/host1.img",
      "name": "NAME",
      "plugin": "fileio",
      "size": 1048576,
      "write_back": false,
      "wwn": "1234-5"
    }
  ],
  "targets": [
    {
      "fabric": "iscsi",
      "tpgs": [
        {
          "attributes": {
            "authentication": 1,
            "cache_dynamic_acls": 0,
            "default_cmdsn_depth": 64,
            "demo_mode_discovery": 0,
            "demo_mode_write_protect": 1,
            "generate_node_acls": 0
          },
          "enable": true,
          "luns": [
            {
              "alias": "volume",
              "index": 2,
              "storage_object": "/backstores/fileio/NAME"
            }
          ],
          "node_acls": [
            {
              "attributes": {
                "nopin_timeout": 15
              },
              "mapped_luns": [
                {
                  "alias": "lun",
                  "index": 2,
                  "tpg_lun": 2,
                  "write_protect": false
                }
              ],
              "node_wwn": "iqn.2026-11.org.example:host1",
              "chap_userid": "host1",
              "chap_password": "secret-of-\"host1\"",
              "chap_mutual_userid": "disks-target",
              "chap_mutual_password": "secret-of-disks"
            }
          ],
          "parameters": {
            "InitialR2T": "Yes",
            "MaxBurstLength": "262144",
            "TargetAlias": "LIO Target"
          },
          "portals": [
            {
              "ip_address": "[::]",
              "iser": false,
              "offload": false,
              "port": 3260
            }
          ],
          "tag": 1
        }
      ],
      "wwn": "iqn.2026-11.org.example:disks"
    }
  ]
}
)");
}

TEST_CASE_FIXTURE(
    Fixture,
    "the file: closed to others, left alone where nothing changed, and without a target once it is gone") {
  create();
  CHECK(driver->persist(kTarget, access));
  struct stat before = {}, after = {};
  REQUIRE(::stat(path.c_str(), &before) == 0);
  CHECK((before.st_mode & 0777) == 0600);
  CHECK_FALSE(driver->persist(kTarget, access));
  REQUIRE(::stat(path.c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);

  fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
  CHECK(driver->persist(kTarget, access));
  REQUIRE(::stat(path.c_str(), &after) == 0);
  CHECK((after.st_mode & 0777) == 0600);

  driver->delete_target(kTarget);
  CHECK(driver->persist(kTarget, {}));
  CHECK(file() == "{\n  \"storage_objects\": [],\n  \"targets\": []\n}\n");
  CHECK(std::distance(fs::directory_iterator(directory / "etc"), {}) == 1);
}

TEST_CASE_FIXTURE(Fixture, "a file that is not understood is left as it is") {
  create();
  fs::create_directories(directory / "etc");
  std::ofstream(path) << "{\"chap_password\": \"a secret\" oops";
  try {
    driver->persist(kTarget, access);
    FAIL("written over it");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("not JSON") != std::string::npos);
    CHECK(std::string(error.what()).find("a secret") == std::string::npos);
  }
  CHECK(file() == "{\"chap_password\": \"a secret\" oops");
}

TEST_CASE_FIXTURE(Fixture, "a secret that JSON cannot hold") {
  create();
  configfs->put("iscsi/" + kTarget + "/tpgt_1/acls/" + kHost + "/auth/password", "secret\xff of 12");
  CHECK_THROWS_WITH_AS(driver->persist(kTarget, access), doctest::Contains("not UTF-8"), Error);
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("others' things stay, to the letter and in their order") {
  const Json before = parse(kOthers);
  Json config = before;
  replace_target(config, kTarget, saved("ours"));
  CHECK(config["targets"].size() == 3);
  CHECK(config["storage_objects"].size() == 3);
  const Json once = config;
  replace_target(config, kTarget, saved("ours"));
  CHECK(config.dump() == once.dump());

  SUBCASE("another volume in place of the first") {
    replace_target(config, kTarget, saved("next"));
    CHECK(config["storage_objects"].size() == 3);
    CHECK(config["storage_objects"][2]["name"] == "next");
  }
  SUBCASE("what somebody added to our entries stays as well") {
    config["storage_objects"][2]["alua_tpgs"] = Json::array({1});
    config["targets"][2]["comment"] = "mine";
    const Json added = config;
    replace_target(config, kTarget, saved("ours"));
    CHECK(config.dump() == added.dump());
  }
  replace_target(config, kTarget, {});
  CHECK(config.dump() == before.dump());
}

TEST_CASE("a volume that another target has as well stays") {
  Json config = parse(kOthers);
  replace_target(config, kTarget, saved("theirs"));
  CHECK(config["storage_objects"].size() == 2);
  replace_target(config, kTarget, {});
  CHECK(config["storage_objects"].size() == 2);
  CHECK(config["storage_objects"][0]["name"] == "theirs");
}

TEST_CASE("what is no saveconfig.json") {
  for (const char* text : {"", "{", "[]", "7", "{\"targets\": 7}", "{\"targets\": [7]}",
                           "{\"storage_objects\": {}}", "{\"a\": \"\xff\"}"})
    CHECK_THROWS_AS_MESSAGE(parse(text), Error, text);
  CHECK_THROWS_WITH_AS(parse("{\"a\":" + std::string(100000, '[')), doctest::Contains("JSON"), Error);
  CHECK_THROWS_WITH_AS(parse("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"),
                       doctest::Contains("too deeply"), Error);
  CHECK_THROWS_WITH_AS(parse("{\"a\": 1e999}"), doctest::Contains("too large"), Error);
  CHECK_NOTHROW(parse("{}"));
}
