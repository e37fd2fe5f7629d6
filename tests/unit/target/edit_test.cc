// SPDX-License-Identifier: Apache-2.0
#include "target/edit.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/units.h"
#include "target/fake_driver.h"
#include "target/snapshot.h"
#include "temp_dir.h"

using namespace san;
using namespace san::target;
namespace fs = std::filesystem;

namespace {

struct Lab {
  Lab() {
    CreateRequest request;
    request.name = "host1";
    request.size = 8 * MiB;
    request.access = {{"iqn.a:host1"}, "", "", directory};
    target = create(driver, pool(), request).target;
    driver.orders.clear();
  }
  Pool pool() const { return Pool(directory + "/pool"); }
  TargetState& state() { return driver.find(target); }
  void fail_from_now(int order) { driver.fail_at = static_cast<int>(driver.orders.size()) + order; }

  TempDir temporary;
  std::string directory = temporary.path(), target;
  FakeDriver driver;
};

Exit code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return Exit::ok;
}

void fill(const std::string& path, char c) {
  std::ofstream file(path, std::ios::in | std::ios::out);
  file.seekp(1 * MiB);
  file << std::string(4096, c);
}

char byte_of(const std::string& path) {
  std::ifstream file(path);
  file.seekg(1 * MiB);
  return static_cast<char>(file.get());
}

}  // namespace

TEST_CASE("attach, detach: twice is once, and a failure is taken back") {
  Lab lab;
  const TargetVolume volume = {lab.directory + "/more.img", false, 512, true, false};
  CHECK(code_of([&] { attach(lab.driver, lab.pool(), "host1", {}, volume); }) == Exit::usage);
  std::ofstream(volume.path) << "";
  CHECK(code_of([&] { attach(lab.driver, lab.pool(), "host1", {}, volume); }) == Exit::usage);
  fs::resize_file(volume.path, 1 * MiB);
  CHECK(code_of([&] { attach(lab.driver, lab.pool(), "host1", 1, volume); }) == Exit::refused);
  lab.fail_from_now(1);  // writing it down
  CHECK(code_of([&] { attach(lab.driver, lab.pool(), "host1", {}, volume); }) == Exit::failed);
  CHECK(lab.state().luns.size() == 1);
  CHECK(attach(lab.driver, lab.pool(), "host1", {}, volume).lun == 2);
  CHECK_FALSE(attach(lab.driver, lab.pool(), "host1", {}, volume).report.changed());
  CHECK(code_of([&] { attach(lab.driver, lab.pool(), "host1", 3, volume); }) == Exit::refused);

  lab.state().sessions = {{"iqn.a:host1", "192.0.2.1"}};
  CHECK(code_of([&] { detach(lab.driver, lab.pool(), "host1", 2); }) == Exit::refused);
  lab.state().sessions.clear();
  lab.fail_from_now(1);
  CHECK(code_of([&] { detach(lab.driver, lab.pool(), "host1", 2); }) == Exit::failed);
  CHECK(lab.state().luns.size() == 2);
  CHECK(detach(lab.driver, lab.pool(), "host1", 2).changed());
  CHECK_FALSE(detach(lab.driver, lab.pool(), "host1", 2).changed());
  CHECK(fs::exists(volume.path));
  CHECK(code_of([&] { detach(lab.driver, lab.pool(), "host2", 2); }) == Exit::failed);
}

TEST_CASE("allow: adds, replaces, and takes back") {
  Lab lab;
  AllowRequest request;
  request.access = {{"iqn.a:host2"}, "host", "", lab.directory};
  lab.fail_from_now(0);
  CHECK(code_of([&] { allow(lab.driver, lab.pool(), "host1", request); }) == Exit::failed);
  CHECK(lab.driver.rules[lab.target] == AccessRule{{"iqn.a:host1"}, {}, {}});
  CHECK_FALSE(fs::exists(lab.directory + "/host.secret"));
  CHECK(allow(lab.driver, lab.pool(), "host1", request).changed());
  CHECK(lab.state().access.initiators == std::vector<std::string>{"iqn.a:host1", "iqn.a:host2"});
  CHECK(lab.state().access.incoming.size() == 1);
  CHECK_FALSE(allow(lab.driver, lab.pool(), "host1", request).changed());
  request.only = true;
  CHECK(allow(lab.driver, lab.pool(), "host1", request).changed());
  CHECK(lab.state().access.initiators == std::vector<std::string>{"iqn.a:host2"});
  request.access.chap_user.clear();
  request.no_chap = true;
  CHECK(allow(lab.driver, lab.pool(), "host1", request).changed());
  CHECK(lab.state().access.incoming.empty());
  request.no_chap = false;
  request.access.mutual_chap_user = "disk";
  CHECK(code_of([&] { allow(lab.driver, lab.pool(), "host1", request); }) == Exit::usage);
  CHECK_FALSE(fs::exists(lab.directory + "/disk.secret"));
  lab.driver.secrets_known = false;
  CHECK(code_of([&] { allow(lab.driver, lab.pool(), "host1", request); }) == Exit::failed);
}

TEST_CASE("tune: only what differs") {
  Lab lab;
  CHECK_FALSE(tune(lab.driver, lab.pool(), "host1", kTuning).changed());
  CHECK(lab.driver.orders == std::vector<std::string>{"persist"});
  lab.fail_from_now(1);
  CHECK(code_of([&] {
          tune(lab.driver, lab.pool(), "host1", {{"MaxBurstLength", "4096"}});
        }) == Exit::failed);
  CHECK(lab.state().parameters["MaxBurstLength"] == "1048576");
  CHECK(tune(lab.driver, lab.pool(), "host1", {{"MaxBurstLength", "4096"}}).changed());
  CHECK(lab.state().parameters["MaxBurstLength"] == "4096");
}

TEST_CASE("rollback: whole or not at all") {
  Lab lab;
  const std::string volume = lab.pool().volume("host1");
  Progress progress(nullptr);
  fill(volume, 'a');
  CHECK(take_snapshot(lab.driver, lab.pool(), "host1", "s", progress).changed());
  CHECK(code_of([&] { take_snapshot(lab.driver, lab.pool(), "host1", "s", progress); }) == Exit::refused);
  fill(volume, 'b');
  CHECK(byte_of(lab.pool().snapshot("host1", "s")) == 'a');
  const auto roll = [&] { roll_back(lab.driver, lab.pool(), "host1", "s", progress); };
  lab.state().sessions = {{"iqn.a:host1", "192.0.2.1"}};
  CHECK(code_of(roll) == Exit::refused);
  lab.state().sessions.clear();
  for (const int order : {0, 1}) {
    CAPTURE(order);
    lab.fail_from_now(order);  // detach, attach
    CHECK(code_of(roll) == Exit::failed);
    CHECK(byte_of(volume) == 'b');
    CHECK(lab.state().luns.size() == 1);
    CHECK_FALSE(fs::exists(volume + ".rollback"));
  }
  lab.driver.fail_at = -1;
  roll();
  CHECK(byte_of(volume) == 'a');
  CHECK(lab.state().luns.size() == 1);
  CHECK(byte_of(lab.pool().snapshot("host1", "s")) == 'a');
  CHECK(remove_snapshot(lab.pool(), "host1", "s").changed());
  CHECK(code_of(roll) == Exit::failed);
}
