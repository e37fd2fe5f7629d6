// SPDX-License-Identifier: Apache-2.0
// The verbs over LIO's tree, killed before each of their orders to it: the same again ends as if they had not
// been.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>

#include "core/error.h"
#include "core/units.h"
#include "target/create.h"
#include "target/destroy.h"
#include "target/edit.h"
#include "target/fake_configfs.h"
#include "target/lio/lio_driver.h"
#include "target/snapshot.h"
#include "temp_dir.h"

using namespace san;
using namespace san::target;
namespace fs = std::filesystem;

namespace {

const std::string kTarget = "iqn.2026-11.org.example:disk1";
const std::string kHost = "iqn.2026-11.org.example:host1", kOther = "iqn.2026-11.org.example:host2";

/// One machine: its LIO, its pool, the secrets, and nothing else.
struct Machine {
  Machine() {
    put("host1.secret", "secret-of-host1\n");
    put("storage-one.secret", "secret-of-disks\n");
    put("second.img", std::string(4096, 'x'));
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    fs::permissions(path(name), fs::perms::owner_read | fs::perms::owner_write);
  }
  std::string path(const std::string& name) const { return temporary.path() + "/" + name; }
  Pool pool() const { return Pool(path("pool")); }
  std::unique_ptr<Driver> driver(int kill_at = 0) const {
    auto configfs = std::make_unique<FakeConfigfs>(path("target"));
    configfs->kill_at = kill_at;
    configfs->all_parameters = true;
    return std::make_unique<LioDriver>(std::move(configfs), path("saveconfig.json"),
                                       iscsi::Portal{"192.0.2.1", 3260});
  }
  AccessRequest access() const { return {{kHost}, "host1", "storage-one", temporary.path()}; }
  void make() const {
    CreateRequest request;
    request.name = "host1";
    request.size = 1 * MiB;
    request.target = kTarget;
    request.access = access();
    request.profile_path = path("host1.toml");
    create(*now, pool(), request);
  }
  void attach_second() const {
    attach(*now, pool(), "host1", 2, {path("second.img"), false, 512, true, true});
  }

  /// All files with what they hold, and links with what they point to.
  std::string state() const {
    std::vector<std::string> lines;
    for (const auto& entry : fs::recursive_directory_iterator(temporary.path())) {
      std::string line = entry.path().lexically_relative(temporary.path()).string();
      if (entry.is_symlink())
        line += " -> " + fs::read_symlink(entry.path()).lexically_relative(temporary.path()).string();
      else if (entry.is_regular_file())
        line += ": " + content(entry.path());
      // LIO's revision of a volume comes from the time when its file was made.
      if (!entry.path().string().ends_with("/wwn/revision")) lines.push_back(line);
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) {
      text += line;
      text += '\n';
    }
    for (auto at = text.find(temporary.path()); at != std::string::npos; at = text.find(temporary.path()))
      text.replace(at, temporary.path().size(), "DIR");
    return text;
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  TempDir temporary;
  mutable std::unique_ptr<Driver> now = driver();
};

/// Lines that only one of two states has.
std::string difference(const std::string& one, const std::string& two) {
  std::string text;
  const auto add = [&text](const std::string& from, const std::string& other) {
    std::istringstream lines(from);
    for (std::string line; std::getline(lines, line);)
      if (('\n' + other).find('\n' + line + '\n') == std::string::npos) text += line + '\n';
  };
  add(one, two);
  text += "----\n";
  add(two, one);
  return text == "----\n" ? "" : text;
}

using Work = std::function<void(const Machine&)>;

/// Whether the work was killed before its order `at`.
bool killed(const Machine& machine, const Work& work, int at) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    machine.now = machine.driver(at);
    try {
      work(machine);
    } catch (const std::exception&) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 1);
  return WEXITSTATUS(status) == 9;
}

void kill_everywhere(const Work& before, const Work& work) {
  for (int at = 1;; ++at) {
    CAPTURE(at);
    REQUIRE(at < 400);
    const Machine machine;
    before(machine);
    if (!killed(machine, work, at)) {
      CHECK(at > 5);
      return;
    }
    try {
      work(machine);
    } catch (const Error& error) {
      FAIL_CHECK(std::string(error.what()));
    }
    const std::string after = machine.state();
    CHECK(after.find(".unfinished") == std::string::npos);
    CHECK(after.find(".partial") == std::string::npos);
    // The serial number of a volume is made of its path.
    const std::string directory = machine.temporary.path();
    fs::remove_all(directory);
    fs::create_directory(directory);
    machine.put("host1.secret", "secret-of-host1\n");
    machine.put("storage-one.secret", "secret-of-disks\n");
    machine.put("second.img", std::string(4096, 'x'));
    machine.now = machine.driver();
    before(machine);
    work(machine);
    CHECK(difference(after, machine.state()) == "");
  }
}

}  // namespace

TEST_CASE("LIO: create that was killed is gone on with") {
  kill_everywhere([](const Machine&) {}, [](const Machine& machine) { machine.make(); });
}

TEST_CASE("LIO: delete that was killed is gone on with") {
  kill_everywhere([](const Machine& machine) { machine.make(); },
                  [](const Machine& machine) { destroy(*machine.now, machine.pool(), "host1"); });
}

TEST_CASE("LIO: attach that was killed is gone on with") {
  kill_everywhere([](const Machine& machine) { machine.make(); },
                  [](const Machine& machine) { machine.attach_second(); });
}

TEST_CASE("LIO: allow that was killed is gone on with") {
  kill_everywhere([](const Machine& machine) { machine.make(); },
                  [](const Machine& machine) {
                    AllowRequest request;
                    request.access = machine.access();
                    request.access.initiators = {kOther};
                    allow(*machine.now, machine.pool(), "host1", request);
                  });
}

TEST_CASE("LIO: rollback that was killed is gone on with") {
  Progress progress(nullptr);
  kill_everywhere(
      [&](const Machine& machine) {
        machine.make();
        take_snapshot(*machine.now, machine.pool(), "host1", "s", progress);
      },
      [&](const Machine& machine) { roll_back(*machine.now, machine.pool(), "host1", "s", progress); });
}

TEST_CASE("LIO: detach that was killed is gone on with") {
  kill_everywhere(
      [](const Machine& machine) {
        machine.make();
        machine.attach_second();
      },
      [](const Machine& machine) { detach(*machine.now, machine.pool(), "host1", 2); });
}

TEST_CASE("LIO: tune that was killed is gone on with") {
  kill_everywhere([](const Machine& machine) { machine.make(); },
                  [](const Machine& machine) {
                    tune(*machine.now, machine.pool(), "host1",
                         {{"FirstBurstLength", "65536"},
                          {"ImmediateData", "No"},
                          {"InitialR2T", "No"},
                          {"MaxBurstLength", "131072"},
                          {"MaxQueueCmd", "32"}});
                  });
}
