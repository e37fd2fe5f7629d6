// SPDX-License-Identifier: Apache-2.0
// On a made-up /sys and /proc, as in_use_test.cc.
#include "system/mount/freeze_plan.h"

#include "core/error.h"
#include "system/made_up_machine.h"

using namespace san;

namespace {

/// Where they are mounted, in the order of freezing.
std::vector<std::string> places(const FreezePlan& plan) {
  std::vector<std::string> places;
  for (const MountedFileSystem& one : plan.file_systems) places.push_back(one.mounts.front().second);
  return places;
}

}  // namespace

TEST_CASE("file systems on partitions, LVM on MD, and in a file of one of those") {
  const TwoDisks machine;
  const std::string node = machine.dir / "node";
  if (mknod(node.c_str(), S_IFBLK | 0600, makedev(8, 0)) != 0) {
    MESSAGE("skipped: needs root to make device nodes");
    return;
  }
  machine.add_disk("md0", 9, 0);
  machine.add_disk("dm-3", 254, 3);
  machine.add_disk("dm-4", 254, 4);
  machine.hold("sda/sda2", "md0");
  machine.hold("md0", "dm-3");
  machine.hold("md0", "dm-4");
  machine.mount("8:1", "/boot", "rw");
  machine.mount("254:3", "/srv", "rw");
  machine.mount("254:4", "/old", "ro");
  machine.mount("8:16", "/elsewhere", "rw");
  CHECK(places(plan_freeze(node, {}, machine.sysfs())) == std::vector<std::string>{"/srv", "/boot"});

  SUBCASE("a second mount of the same one, and one of two devices") {
    machine.mount("8:1", "/again", "rw");
    machine.write("proc/self/mountinfo", fmt::format("900031 1 0:99 / /pool rw - btrfs {} rw\n", node));
    const FreezePlan plan = plan_freeze(node, {}, machine.sysfs());
    CHECK(places(plan) == std::vector<std::string>{"/srv", "/boot", "/pool"});
    CHECK(plan.file_systems[1].mounts.size() == 2);
  }
  SUBCASE("what is needed lies on an upper one, by way of a loop device") {
    const TempDir other;
    struct stat status = {};
    REQUIRE(stat(other.path().c_str(), &status) == 0);
    const std::string file = other.sparse_file("file", 4096);
    // The file system of `other` is made one of the disk's.
    machine.add_disk("dm-5", major(status.st_dev) == 0 ? 254 : major(status.st_dev),
                     major(status.st_dev) == 0 ? 5 : minor(status.st_dev));
    if (major(status.st_dev) == 0) return;
    machine.hold("md0", "dm-5");
    machine.mount(fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev)), "/other", "rw");
    machine.add_disk("loop3", 7, 3);
    fs::create_directories(machine.dir / "sys/devices/loop3/loop");
    machine.write("sys/devices/loop3/loop/backing_file", file + "\n");
    machine.mount("7:3", "/inner", "rw");
    const auto all = plan_freeze(node, {}, machine.sysfs());
    CHECK(places(all) == std::vector<std::string>{"/inner", "/other", "/srv", "/boot"});
    const std::string loop = machine.dir / "loop";
    REQUIRE(mknod(loop.c_str(), S_IFBLK | 0600, makedev(7, 3)) == 0);
    const auto plan = plan_freeze(node, {{loop, "the destination"}}, machine.sysfs());
    CHECK(places(plan) == std::vector<std::string>{"/inner", "/srv", "/boot"});
    REQUIRE(plan.forbidden.size() == 1);
    CHECK(plan.forbidden[0].second == "the destination lies on it");
  }
}

TEST_CASE("a source that is not there") {
  CHECK_THROWS_AS(plan_freeze("/no/such/disk", {}), Error);
}
