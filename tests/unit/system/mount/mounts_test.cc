// SPDX-License-Identifier: Apache-2.0
#include "system/mount/mounts.h"

#include <doctest/doctest.h>

using namespace san;

TEST_CASE("mountinfo as the manual page shows it") {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
      "37 35 8:17 / /media/my\\040disk\\134x ro,relatime shared:1 master:2 - ext4 /dev/sdb1 ro\n"
      "38 35 0:42 /@home /home rw - btrfs /dev/sda2 rw,subvol=/@home\n"
      "39 35 259:3 / /bind ro - xfs /dev/nvme0n1p3 attr2,rw");
  REQUIRE(mounts.size() == 4);
  CHECK(mounts[0].major == 98);
  CHECK(mounts[0].minor == 0);
  CHECK(mounts[0].point == "/mnt2");
  CHECK(mounts[0].type == "ext3");
  CHECK(mounts[0].source == "/dev/root");
  CHECK(mounts[0].writable);
  CHECK(mounts[0].id == 36);
  CHECK(mounts[0].upper.empty());
  CHECK(mounts[1].minor == 17);
  CHECK(mounts[1].point == "/media/my disk\\x");
  CHECK_FALSE(mounts[1].writable);
  CHECK(mounts[2].major == 0);
  CHECK(mounts[2].source == "/dev/sda2");
  // A read-only bind mount of a file system that is writable.
  CHECK(mounts[3].writable);
}

TEST_CASE("the directory of an overlay that takes the writes") {
  const auto mounts = parse_mountinfo(
      "40 35 0:50 / /merged rw - overlay overlay rw,lowerdir=/l,upperdir=/u\\040p,workdir=/w\n"
      "41 35 0:51 / /low ro - overlay overlay ro,lowerdir=/l:/m\n"
      "42 35 8:1 / /x rw - ext4 /dev/sda1 rw,upperdir=/no\n");
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].upper == "/u p");
  CHECK(mounts[1].upper.empty());
  CHECK(mounts[2].upper.empty());
}

TEST_CASE("lines that are none are left out") {
  CHECK(parse_mountinfo("").empty());
  CHECK(parse_mountinfo("\n\n x\n- - - -\n1 2 3 4 5 6 - ext4 a rw\n1 2 8:x / /m rw - ext4 a rw\n").empty());
  CHECK(parse_mountinfo("1 2 8:1 / /m rw - ext4 a").empty());
  CHECK(parse_mountinfo("1 2 8:1 / /m rw shared:1").empty());
  CHECK(parse_mountinfo("1 2 8:1 / /m rw - ext4 a prw,rwx,nrw").at(0).writable == false);
  CHECK(parse_mountinfo("1 2 8:1 / /m\\04 rw - ext4 a rw").at(0).point == "/m\\04");
}

TEST_CASE("swaps") {
  CHECK(parse_swaps("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                    "/dev/dm-1                               partition\t8388604\t\t0\t\t-2\n"
                    "/swap\\040file                          file\t\t1048572\t\t0\t\t-3\n") ==
        std::vector<std::string>{"/dev/dm-1", "/swap file"});
  CHECK(parse_swaps("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n").empty());
  CHECK(parse_swaps("").empty());
}
