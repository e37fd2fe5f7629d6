// SPDX-License-Identifier: Apache-2.0
// On a real file system of a loop device, which nobody else writes to.
#include "system/mount/freeze.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "block/device_checks.h"
#include "block/filter/frozen_device.h"
#include "core/units.h"
#include "devices/memory_device.h"
#include "need.h"
#include "system/machine.h"
#include "system/mount/freeze_plan.h"

using namespace san;
using namespace std::chrono_literals;

namespace {

/// An ext4 file system at `point`; false, having said why, where there is none.
struct MountedExt4 {
  const TempDir dir;
  const std::string file = dir.sparse_file("disk", 16 * MiB);
  const std::string point = dir / "mnt";
  std::optional<LoopDevice> loop;
  std::optional<Mounted> mounted;

  explicit operator bool() {
    if (!have("mke2fs")) return false;
    if (!run("mke2fs -q -F -t ext4 " + file)) return false;
    loop.emplace(file);
    if (!*loop) return false;
    mounted.emplace(loop->path(), point, "ext4");
    return static_cast<bool>(*mounted);
  }
  std::vector<MountedFileSystem> file_systems() const { return plan_freeze(loop->path(), {}).file_systems; }
  /// Freezing it for a moment tells whether it is, and leaves it as it is.
  bool frozen() const {
    const Fd fd = open_path(point, O_RDONLY);
    REQUIRE(fd);
    if (ioctl(fd.get(), FIFREEZE, 0) != 0) return errno == EBUSY;
    ioctl(fd.get(), FITHAW, 0);
    return false;
  }
  bool thawed_within(std::chrono::milliseconds time) const {
    for (const auto end = std::chrono::steady_clock::now() + time; frozen();) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }
};

}  // namespace

TEST_SUITE_BEGIN("needs the kernel");

TEST_CASE("frozen until the end, and not longer") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  {
    Freeze freeze(disk.file_systems(), 60s, false);
    CHECK(freeze.file_systems().size() == 1);
    CHECK(disk.frozen());
    CHECK_FALSE(freeze.broken("disk"));
    freeze.end("disk");
    CHECK_FALSE(disk.frozen());
    CHECK_FALSE(freeze.broken("disk"));
    CHECK_NOTHROW(freeze.end("disk"));
    CHECK(freeze.seconds() < 30);
  }
  {
    const Freeze freeze(disk.file_systems(), 60s, false);
    CHECK(disk.frozen());
  }
  CHECK_FALSE(disk.frozen());
}

TEST_CASE("the time is over, and nothing that is read then counts") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  MemoryDevice below("disk", 4096);
  Freeze freeze(disk.file_systems(), 1s, false);
  FrozenDevice device(below, freeze);
  std::vector<std::byte> block(512);
  CHECK_NOTHROW(read_wait(device, 0, block));
  CHECK_NOTHROW(device.extents(0, 4096));
  CHECK(disk.thawed_within(5s));
  const auto error = error_of([&] { read_wait(device, 0, block); });
  REQUIRE(error);
  CHECK(error->code() == Exit::failed);
  CHECK(contains(error->cause(), "thawed before all was read"));
  CHECK(error_of([&] { device.extents(0, 4096); }).has_value());
  // What was read before is good.
  CHECK_NOTHROW(freeze.end("disk"));
}

TEST_CASE("somebody else thaws it") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  Freeze freeze(disk.file_systems(), 60s, false);
  const Fd fd = open_path(disk.point, O_RDONLY);
  REQUIRE(ioctl(fd.get(), FITHAW, 0) == 0);
  const auto error = error_of([&] { freeze.end("disk"); });
  REQUIRE(error);
  CHECK(contains(error->cause(), "thawed by another program"));
}

TEST_CASE("what is frozen already is left so") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  const Fd fd = open_path(disk.point, O_RDONLY);
  REQUIRE(ioctl(fd.get(), FIFREEZE, 0) == 0);
  const auto error = error_of([&] { const Freeze freeze(disk.file_systems(), 60s, false); });
  CHECK(disk.frozen());
  REQUIRE(ioctl(fd.get(), FITHAW, 0) == 0);
  REQUIRE(error);
  CHECK(error->code() == Exit::refused);
  CHECK(contains(error->cause(), "frozen by another program"));
}

TEST_CASE("a process that is killed leaves nothing frozen") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  const auto file_systems = disk.file_systems();
  int ready[2] = {};
  REQUIRE(pipe2(ready, O_CLOEXEC) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Freeze freeze(file_systems, 60s, false);
    static_cast<void>(write(ready[1], "x", 1) == 1);
    pause();
    _exit(0);
  }
  char one = 0;
  REQUIRE(read(ready[0], &one, 1) == 1);
  CHECK(disk.frozen());
  // As Ctrl-C does on a terminal, and then for good.
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(disk.thawed_within(5s));
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("nothing to freeze") {
  Freeze freeze({}, 1s, false);
  CHECK_FALSE(freeze.broken("disk"));
  CHECK_NOTHROW(freeze.end("disk"));
}

TEST_CASE("what this process needs is not to be frozen") {
  MountedExt4 disk;
  if (!is_here(bool{disk}, "file system to freeze")) return;
  const auto forbidden = [&](const std::string& path) {
    const FreezePlan plan = plan_freeze(disk.file, {{path, "the clone map"}});
    REQUIRE(plan.file_systems.size() + plan.forbidden.size() == 1);
    if (plan.forbidden.empty()) return false;
    CHECK(plan.forbidden[0].second == "the clone map lies on it");
    CHECK(plan.forbidden[0].first.mounts.at(0).second == disk.point);
    return true;
  };
  CHECK_FALSE(forbidden(disk.dir / "map"));
  CHECK(forbidden(disk.point + "/not-yet-there"));
  CHECK(forbidden(disk.point));
  SUBCASE("through a loop device and its file system") {
    const TempDir other;
    const std::string inner = disk.point + "/inner";
    REQUIRE(run("truncate -s 4M " + inner + " && mke2fs -q -F -t ext4 " + inner));
    const LoopDevice loop(inner);
    if (!is_here(bool{loop}, "loop device")) return;
    CHECK(forbidden(loop.path()));
    const Mounted mounted(loop.path(), other / "mnt", "ext4");
    if (!is_here(bool{mounted}, "right to mount")) return;
    const FreezePlan plan = plan_freeze(disk.file, {});
    REQUIRE(plan.file_systems.size() == 2);
    CHECK(plan.file_systems[0].mounts.at(0).second == other / "mnt");
    CHECK(plan.file_systems[1].mounts.at(0).second == disk.point);
    Freeze freeze(plan.file_systems, 60s, false);
    CHECK(disk.frozen());
    CHECK_NOTHROW(freeze.end("disk"));
    CHECK_FALSE(disk.frozen());
  }
}

TEST_CASE("the files of this process are among what it needs") {
  bool program = false, library = false;
  for (const NeededFile& file : files_of_this_process()) {
    program |= file.path == "/proc/self/exe";
    library |= contains(file.what, "libc.so");
  }
  CHECK(program);
  CHECK(library);
}

TEST_SUITE_END();
