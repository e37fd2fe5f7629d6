// SPDX-License-Identifier: Apache-2.0
#include "target/create.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "boot/profile/read_profile.h"
#include "core/error.h"
#include "core/units.h"
#include "target/destroy.h"
#include "target/fake_driver.h"
#include "target/pool/volume_size.h"
#include "target/resolve.h"
#include "temp_dir.h"

using namespace san;
using namespace san::target;
namespace fs = std::filesystem;

namespace {

struct Place {
  TempDir temporary;
  std::string directory = temporary.path();

  Pool pool() const { return Pool(directory + "/pool"); }
  /// Files below the directory.
  std::vector<std::string> files() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::recursive_directory_iterator(directory))
      if (entry.is_regular_file()) result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
  }
  CreateRequest request() const {
    CreateRequest result;
    result.name = "host1";
    result.size = 8 * MiB;
    result.target = "iqn.2026-11.org.example:disk1";
    result.access = {{"iqn.2026-11.org.example:host1"}, "host1", "disk1", directory};
    result.profile_path = directory + "/host1.toml";
    return result;
  }
};

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Exit code_of(const std::function<void()>& work, std::string* text = nullptr) {
  try {
    work();
  } catch (const Error& error) {
    if (text != nullptr) *text = error.what();
    return error.code();
  }
  return Exit::ok;
}

}  // namespace

TEST_CASE("create: everything, once") {
  const Place place;
  FakeDriver driver;
  const Created made = create(driver, place.pool(), place.request());
  CHECK(made.report.changed());
  CHECK(made.url == "iscsi://192.0.2.1:3260/iqn.2026-11.org.example:disk1/1");
  CHECK(place.files() == std::vector<std::string>{"disk1.secret", "host1.img", "host1.secret", "host1.toml"});
  REQUIRE(driver.states.size() == 1);
  const TargetState state = driver.list()[0];
  CHECK(state.parameters == kTuning);
  REQUIRE(state.luns.size() == 1);
  CHECK(state.luns[0].size == 8 * MiB);
  const AccessRule rule = driver.rules[state.name];
  CHECK(rule.incoming[0].secret.size() == 16);
  CHECK(rule.incoming[0].secret != rule.outgoing[0].secret);
  CHECK(content(place.directory + "/host1.secret") == rule.incoming[0].secret + "\n");
  for (const std::string& line : made.report.done) {
    CHECK(line.find(rule.incoming[0].secret) == std::string::npos);
    CHECK(line.find(rule.outgoing[0].secret) == std::string::npos);
  }
  // Nobody may log in before the secrets are there.
  CHECK(driver.orders == std::vector<std::string>{"create", "tune", "attach", "allow", "persist"});
  const boot::BootProfile profile = boot::read_boot_profile(place.directory + "/host1.toml");
  CHECK(profile.secret_file == "host1.secret");
  CHECK(profile.target == "iqn.2026-11.org.example:disk1");

  driver.orders.clear();
  const Created again = create(driver, place.pool(), place.request());
  CHECK_FALSE(again.report.changed());
  CHECK(driver.orders == std::vector<std::string>{"persist"});
  CHECK(again.url == made.url);

  // A lost secret comes back from the target, a lost written form and a lost profile are made again.
  fs::remove(place.directory + "/host1.secret");
  fs::remove(place.directory + "/host1.toml");
  driver.written_rules.clear();
  CHECK(create(driver, place.pool(), place.request()).report.done.size() == 3);
  CHECK(content(place.directory + "/host1.secret") == rule.incoming[0].secret + "\n");
}

TEST_CASE("create: whatever fails, nothing is left") {
  for (int step = 0; step < 5; ++step) {
    CAPTURE(step);
    const Place place;
    FakeDriver driver;
    driver.fail_at = step;
    CHECK(code_of([&] { create(driver, place.pool(), place.request()); }) == Exit::failed);
    CHECK(driver.states.empty());
    CHECK(driver.written_rules.empty());
    CHECK(driver.rules.empty());
    CHECK(place.files().empty());
    // And then it works.
    driver.fail_at = -1;
    CHECK(create(driver, place.pool(), place.request()).report.changed());
  }
}

TEST_CASE("create: a profile that cannot be written undoes all") {
  const Place place;
  FakeDriver driver;
  CreateRequest request = place.request();
  request.access.secret_directory = place.directory;
  request.profile_path = place.directory + "/missing/host1.toml";
  CHECK(code_of([&] { create(driver, place.pool(), request); }) != Exit::ok);
  CHECK(driver.states.empty());
  CHECK(place.files().empty());
}

TEST_CASE("create: goes on where something is there, keeps it where that fails") {
  const Place place;
  FakeDriver driver;
  create(driver, place.pool(), place.request());
  driver.find("iqn.2026-11.org.example:disk1").luns.clear();
  driver.orders.clear();
  driver.fail_at = 0;
  CHECK(code_of([&] { create(driver, place.pool(), place.request()); }) == Exit::failed);
  CHECK(place.files().size() == 4);
  REQUIRE(driver.states.size() == 1);
  driver.fail_at = -1;
  CHECK(create(driver, place.pool(), place.request()).report.changed());
  CHECK(driver.states[0].luns.size() == 1);
}

TEST_CASE("create: what differs is named and stays") {
  const Place place;
  FakeDriver driver;
  create(driver, place.pool(), place.request());
  driver.orders.clear();
  CreateRequest other = place.request();
  other.size = 16 * MiB;
  other.block_size = 4096;
  other.thin = false;
  other.access.initiators = {"iqn.2026-11.org.example:host2"};
  other.access.mutual_chap_user.clear();
  std::string text;
  CHECK(code_of([&] { create(driver, place.pool(), other); }, &text) == Exit::refused);
  for (const char* word : {"8.0 MiB, not 16.0 MiB", "512 bytes, not 4096", "takes UNMAP", "host1, not",
                           "disk1, not nobody", "another profile"}) {
    CAPTURE(text);
    CAPTURE(word);
    CHECK(text.find(word) != std::string::npos);
  }
  CHECK(driver.orders.empty());
  // A volume that another target has.
  CreateRequest stolen = place.request();
  stolen.target = "iqn.2026-11.org.example:thief";
  stolen.profile_path.clear();
  CHECK(code_of([&] { create(driver, place.pool(), stolen); }, &text) == Exit::refused);
  CHECK(text.find("is LUN 1 of iqn.2026-11.org.example:disk1") != std::string::npos);
  // A secret that is not the target's.
  std::ofstream(place.directory + "/host1.secret") << "another-secret\n";
  CHECK(code_of([&] { create(driver, place.pool(), place.request()); }, &text) == Exit::refused);
  CHECK(text.find("another-secret") == std::string::npos);
  driver.secrets_known = false;
  CHECK(code_of([&] { create(driver, place.pool(), place.request()); }) == Exit::refused);
}

TEST_CASE("create: requests that make no sense") {
  const Place place;
  FakeDriver driver;
  const auto code = [&](auto change) {
    CreateRequest request = place.request();
    change(request);
    return code_of([&] { create(driver, place.pool(), request); });
  };
  CHECK(code([](CreateRequest& r) { r.name = "a/b"; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.name = "Host1"; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.size = 0; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.size = 1000; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.block_size = 1024; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.access.initiators.clear(); }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.access.initiators = {"host1"}; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.access.chap_user.clear(); }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.access.mutual_chap_user = "host1"; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.access.chap_user = "../x"; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.device = "/dev/null"; }) == Exit::usage);
  CHECK(code([](CreateRequest& r) { r.target = "disk1"; }) == Exit::usage);
  CHECK(driver.orders.empty());
  CHECK(place.files().empty());
}

TEST_CASE("delete: refuses sessions and snapshots, and takes all of it") {
  const Place place;
  FakeDriver driver;
  create(driver, place.pool(), place.request());
  const auto destroy_it = [&] { destroy(driver, place.pool(), "host1"); };
  driver.states[0].sessions = {{"iqn.2026-11.org.example:host1", "192.0.2.7"}};
  std::string text;
  CHECK(code_of(destroy_it, &text) == Exit::refused);
  CHECK(text.find("iqn.2026-11.org.example:host1 (192.0.2.7)") != std::string::npos);
  driver.states[0].sessions.clear();
  std::ofstream(place.pool().snapshot("host1", "s1")) << "x";
  CHECK(code_of(destroy_it, &text) == Exit::refused);
  CHECK(text.find("s1") != std::string::npos);
  fs::remove(place.pool().snapshot("host1", "s1"));
  CHECK(what_is_lost(driver, place.pool(), "host1").size() == 2);
  destroy_it();
  CHECK(driver.states.empty());
  CHECK(driver.written_rules.empty());
  CHECK(place.files() == std::vector<std::string>{"disk1.secret", "host1.secret", "host1.toml"});
  CHECK(code_of(destroy_it) == Exit::failed);
}

TEST_CASE("delete: by the target's name; volumes that are not the pool's stay") {
  const Place place;
  FakeDriver driver;
  create(driver, place.pool(), place.request());
  std::ofstream(place.directory + "/other.img") << "x";
  driver.attach("iqn.2026-11.org.example:disk1", 2,
                {place.directory + "/other.img", false, 512, true, false});
  destroy(driver, place.pool(), "iqn.2026-11.org.example:disk1");
  CHECK_FALSE(volume_size(place.pool().volume("host1")).exists);
  CHECK(volume_size(place.directory + "/other.img").exists);
}
