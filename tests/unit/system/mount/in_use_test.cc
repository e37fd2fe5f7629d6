// SPDX-License-Identifier: Apache-2.0
// On a made-up /sys and /proc: LVM, MD and btrfs on several devices, which a test machine need not have.
#include "system/mount/in_use.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/sysmacros.h>

#include "system/fd.h"
#include "system/made_up_machine.h"

using namespace san;
namespace fs = std::filesystem;

TEST_CASE("sysfs knows disks, partitions and queues") {
  const TwoDisks machine;
  machine.write("sys/devices/sda/queue/discard_max_bytes", "4096\n");
  machine.write("sys/devices/sda/ro", "1\n");
  const Sysfs sysfs = machine.sysfs();
  CHECK(sysfs.name(makedev(8, 1)) == "/dev/sda1");
  CHECK(sysfs.name(makedev(9, 9)) == "block device 9:9");
  CHECK(sysfs.device("sda2") == makedev(8, 2));
  CHECK_FALSE(sysfs.device("sdz").has_value());
  CHECK(sysfs.partitions(makedev(8, 0)) == std::vector<dev_t>{makedev(8, 1), makedev(8, 2)});
  CHECK(sysfs.partitions(makedev(8, 1)).empty());
  CHECK(sysfs.whole_disk(makedev(8, 2)) == makedev(8, 0));
  CHECK_FALSE(sysfs.whole_disk(makedev(8, 0)).has_value());
  CHECK(sysfs.queue(makedev(8, 1), "discard_max_bytes") == 4096);
  CHECK(sysfs.queue(makedev(8, 1), "no_such_thing") == 0);
  CHECK(sysfs.write_protected(makedev(8, 0)));
  CHECK_FALSE(sysfs.write_protected(makedev(8, 16)));
  CHECK_FALSE(sysfs.write_protected(makedev(9, 9)));
}

TEST_CASE("an unused disk has no uses") {
  const TwoDisks machine;
  CHECK(machine.uses(8, 0) == "");
  CHECK(machine.uses(9, 9) == "");
}

TEST_CASE("a mounted partition is a use of itself and of its disk, not of its neighbour") {
  const TwoDisks machine;
  machine.mount("8:1", "/boot", "rw");
  machine.mount("8:1", "/srv", "rw");
  CHECK(machine.uses(8, 1) == "/dev/sda1 is mounted read-write at /boot and 1 more places");
  CHECK(machine.uses(8, 0) == machine.uses(8, 1));
  CHECK(machine.uses(8, 2) == "");
  CHECK(machine.uses(8, 16) == "");
  CHECK(machine.writes(8, 0));
}

TEST_CASE("a file system on the whole disk is a use of its partitions") {
  const TwoDisks machine;
  machine.mount("8:0", "/data", "ro");
  CHECK(machine.uses(8, 2) == "/dev/sda is mounted read-only at /data");
  CHECK_FALSE(machine.writes(8, 2));
}

TEST_CASE("what lies on a disk is followed to the mount") {
  const TwoDisks machine;
  machine.add_disk("md0", 9, 0);
  machine.add_disk("dm-3", 254, 3);
  fs::create_directories(machine.dir / "sys/devices/dm-3/dm");
  machine.write("sys/devices/dm-3/dm/name", "vg-root\n");
  machine.hold("sda/sda2", "md0");
  machine.hold("md0", "dm-3");
  CHECK(machine.uses(8, 2) == "/dev/sda2 is part of /dev/md0; /dev/md0 is part of /dev/dm-3 (vg-root)");
  // Nobody knows who has the upper one open, unless it is read-only or something is known to lie on it.
  CHECK(machine.writes(8, 2));
  SUBCASE("read-only") {
    machine.write("sys/devices/dm-3/ro", "1\n");
    CHECK_FALSE(machine.writes(8, 2));
    return;
  }
  SUBCASE("mounted read-only") {
    machine.mount("254:3", "/", "ro");
    CHECK_FALSE(machine.writes(8, 2));
    return;
  }
  machine.mount("254:3", "/", "rw");
  CHECK(machine.uses(8, 0) ==
        "/dev/sda2 is part of /dev/md0; /dev/md0 is part of /dev/dm-3 (vg-root); /dev/dm-3 (vg-root) is "
        "mounted "
        "read-write at /");
  CHECK(machine.writes(8, 0));
  CHECK(machine.uses(8, 1) == "");
}

TEST_CASE("devices that hold each other in a circle end") {
  const TwoDisks machine;
  machine.hold("sda", "sdb");
  machine.hold("sdb", "sda");
  CHECK(machine.uses(8, 0) == "/dev/sda is part of /dev/sdb; /dev/sdb is part of /dev/sda");
}

TEST_CASE("many uses are counted, not listed") {
  const TwoDisks machine;
  for (unsigned i = 0; i < 7; ++i) {
    machine.add_disk(fmt::format("dm-{}", i), 254, i);
    machine.hold("sdb", fmt::format("dm-{}", i));
  }
  CHECK(machine.uses(8, 16).ends_with("/dev/sdb is part of /dev/dm-3; and 3 more"));
}

TEST_CASE("btrfs on several devices and swap, which are known by paths only") {
  const TwoDisks machine;
  const std::string node = machine.dir / "node";
  if (mknod(node.c_str(), S_IFBLK | 0600, makedev(8, 16)) != 0) {
    MESSAGE("skipped: needs root to make device nodes");
    return;
  }
  SUBCASE("btrfs") {
    machine.write("proc/self/mountinfo",
                  fmt::format("30 1 0:99 /@ /pool rw - btrfs {} rw,subvol=/@\n", node));
    CHECK(machine.uses(8, 16) == "/dev/sdb is mounted read-write at /pool");
    CHECK(machine.uses(8, 1) == "");
    // The other device of the pool stands only in /sys.
    fs::create_directories(machine.dir / "sys/fs/btrfs/b0c5/devices/sdb");
    fs::create_directories(machine.dir / "sys/fs/btrfs/b0c5/devices/sda1");
    fs::create_directories(machine.dir / "sys/fs/btrfs/features");
    CHECK(machine.uses(8, 0) == "/dev/sda1 is mounted read-write at /pool");
    CHECK(machine.uses(8, 2) == "");
  }
  SUBCASE("swap") {
    machine.write("proc/swaps", node + " partition 100 0 -2\n");
    CHECK(machine.uses(8, 16) == "/dev/sdb is active swap space");
    CHECK(machine.writes(8, 16));
  }
}

TEST_CASE("a file is used through loop devices and as swap") {
  const TwoDisks machine;
  const std::string image = machine.dir.sparse_file("image", 4096),
                    other = machine.dir.sparse_file("other", 4096);
  machine.add_disk("loop3", 7, 3);
  machine.add_partition("loop3", "loop3p1", 259, 0);
  fs::create_directories(machine.dir / "sys/devices/loop3/loop");
  machine.write("sys/devices/loop3/loop/backing_file", image + "\n");
  const auto uses = [&](const std::string& path) {
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return describe(file_uses(status, machine.sysfs()));
  };
  CHECK(uses(image) == "");
  machine.mount("259:0", "/mnt", "rw");
  CHECK(uses(image) == "it is attached to /dev/loop3, and /dev/loop3p1 is mounted read-write at /mnt");
  CHECK(uses(other) == "");
  machine.write("proc/swaps", other + " file 100 0 -2\n");
  CHECK(uses(other) == "it is active swap space");
}

TEST_CASE("QEMU's locks are seen, by whoever would suffer") {
  const TempDir dir;
  const std::string path = dir.sparse_file("image", 4096);
  const Fd ours = open_path(path, O_RDWR), theirs = open_path(path, O_RDWR),
           backup = open_path(path, O_RDONLY);
  const auto lock_byte = [](const Fd& fd, off_t start, short type = F_RDLCK) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = 1;
    REQUIRE(fcntl(fd.get(), F_OFD_SETLK, &lock) == 0);
  };
  CHECK_FALSE(image_lock(ours.get(), true).has_value());
  lock_byte(backup, 201);  // somebody who does not stand writers
  CHECK(image_lock(ours.get(), true).has_value());
  CHECK_FALSE(image_lock(ours.get(), false).has_value());
  lock_byte(backup, 201, F_UNLCK);
  CHECK_FALSE(image_lock(ours.get(), true).has_value());
  lock_byte(theirs, 100);  // a reader
  CHECK(image_lock(ours.get(), true).has_value());
  CHECK_FALSE(image_lock(ours.get(), false).has_value());
  lock_byte(theirs, 101);  // a writer
  CHECK(image_lock(ours.get(), false).has_value());
}
