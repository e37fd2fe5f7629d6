// SPDX-License-Identifier: Apache-2.0
#include "system/mount/write_watch.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "need.h"
#include "system/machine.h"

using namespace san;

namespace {

void append(const std::string& path, const char* text) {
  std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

void overwrite(const std::string& path) {
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "x";
}

}  // namespace

TEST_SUITE_BEGIN("needs the kernel");

TEST_CASE("a file that is only read leaves no trace, however new it is") {
  for (const auto where : {TempDir::Where::disk, TempDir::Where::memory}) {
    const TempDir place(where);
    for (int i = 0; i < 50; ++i) {
      const std::string path = place.file("new", std::vector<std::byte>(5000));
      const WriteWatch watch(path);
      std::string text;
      std::getline(std::ifstream(path), text);
      CHECK(watch.trace().empty());
    }
  }
}

TEST_CASE("whatever is written afterwards leaves one, even at once") {
  for (const auto where : {TempDir::Where::disk, TempDir::Where::memory}) {
    const TempDir place(where);
    for (int i = 0; i < 50; ++i) {
      const std::string path = place.file("new", std::vector<std::byte>(5000));
      const WriteWatch watch(path);
      overwrite(path);
      CHECK(watch.trace() == "it was modified");
      append(path, "more");
      CHECK(watch.trace() == "it had 5000 bytes, and has 5004");
    }
  }
}

TEST_CASE("another file with its name, links and permissions are no change") {
  const TempDir place;
  const std::string path = place.file("disk", std::vector<std::byte>(5000));
  const WriteWatch watch(path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::filesystem::create_hard_link(path, place / "link");
  place.file("other", std::vector<std::byte>(7));
  std::filesystem::rename(place / "other", path);
  CHECK(watch.trace().empty());
  overwrite(place / "link");
  CHECK_FALSE(watch.trace().empty());
}

TEST_CASE("a time in the future is not waited for, and what is not there is no change") {
  const TempDir place;
  const std::string path = place.file("disk", std::vector<std::byte>(5000));
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  const WriteWatch future(path);
  CHECK(future.trace().empty());
  overwrite(path);
  CHECK_FALSE(future.trace().empty());
  CHECK(WriteWatch(place / "missing").trace().empty());
  CHECK(WriteWatch("/dev/null").trace().empty());
}

TEST_CASE("a disk tells by its counters") {
  const TempDir place;
  const LoopDevice loop(place.file("disk", std::vector<std::byte>(1 << 20)));
  if (!is_here(!loop.path().empty(), "loop device")) return;
  const WriteWatch watch(loop.path());
  CHECK(run("dd if=" + loop.path() + " of=/dev/null bs=4096 iflag=direct"));
  CHECK(watch.trace().empty());
  CHECK(run("dd if=/dev/zero of=" + loop.path() + " bs=4096 count=1 conv=fsync"));
  CHECK(watch.trace() == "4.0 KiB were written to it");
}

TEST_SUITE_END();
