// SPDX-License-Identifier: Apache-2.0
// Kernel block devices: loop devices, which need root. Files whose partitions and file systems are in use.
#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "block/file/file_device.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"
#include "need.h"
#include "system/machine.h"

using namespace san;
namespace fs = std::filesystem;

namespace {

const FileOptions kRead;
const FileOptions kWrite{.writable = true};

void check_refused(const std::string& path, const FileOptions& options, const std::string& cause) {
  const auto error = error_of([&] { open_file(path, options); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::refused);
  CHECK(error->object() == path);
  CHECK_MESSAGE(contains(error->cause(), cause), error->what());
  if (options.writable)
    CHECK(error->hint_id() == HintId::force_in_use);
  else
    CHECK((error->hint_id() == HintId::force_live || error->hint_id() == HintId::freeze_or_force_live));
  FileOptions forced = options;
  forced.force_in_use = true;
  std::vector<std::string> warnings;
  log::set_sink([&](log::Level, std::string_view text) { warnings.emplace_back(text); });
  CHECK_NOTHROW(open_file(path, forced));
  log::set_sink({});
  CHECK(warnings.size() >= 1);
}

/// A buffer at an address that is a multiple of 4096, or is not by `shift` bytes.
class Buffer {
 public:
  Buffer(std::size_t size, std::size_t shift) : memory_(size + 8192), shift_(shift), size_(size) {}
  std::span<std::byte> bytes() {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    return std::span(memory_).subspan(round_up(address, 4096) - address + shift_, size_);
  }

 private:
  std::vector<std::byte> memory_;
  std::size_t shift_, size_;
};

bool make_ext4(const std::string& path) {
  if (run("mkfs.ext4 -q -F " + path)) return true;
  MESSAGE("skipped: needs mkfs.ext4");
  return false;
}

}  // namespace

TEST_SUITE_BEGIN("needs the kernel");

TEST_CASE("a block device keeps what is written, zeroed and unmapped") {
  const TempDir dir;
  for (const std::string options : {"", "--sector-size 4096"})
    for (const bool direct : {false, true}) {
      const LoopDevice loop(dir.sparse_file("disk", 2 * MiB), options);
      if (!is_here(bool{loop}, "loop device")) return;
      const auto device = open_file(loop.path(), {.writable = true, .direct = direct});
      CHECK(device->size() == 2 * MiB);
      CHECK(device->limits().logical_block == (options.empty() ? 512 : 4096));
      CHECK(device->limits().physical_block >= device->limits().logical_block);
      check_against_model(*device, std::vector<std::byte>(2 * MiB), 7, 100);
      check_refuses_bad_ranges(*device);
      CHECK(device->extents(0, 2 * MiB) == std::vector<Extent>{{0, 2 * MiB, Extent::Kind::unknown}});
      CHECK_NOTHROW(flush_wait(*device));
    }
}

TEST_CASE("aligned and unaligned buffers mix, whichever way they go") {
  const TempDir dir;
  const LoopDevice loop(dir.sparse_file("disk", 2 * MiB));
  if (!is_here(bool{loop}, "loop device")) return;
  const auto device = open_file(loop.path(), kWrite);
  auto expected = random_bytes(2 * MiB, 1);
  write_wait(*device, 0, expected);
  unsigned seed = 1;
  for (const std::size_t shift : {0, 512, 1})
    for (const std::uint64_t offset : {std::uint64_t{0}, 512 * KiB, 512 * KiB + 512})
      for (const std::size_t size : {4096, 512, 64 * 1024, 64 * 1024 + 512}) {
        Buffer buffer(size, shift);
        const auto data = random_bytes(size, ++seed);
        std::copy(data.begin(), data.end(), buffer.bytes().begin());
        write_wait(*device, offset, buffer.bytes());
        std::copy(data.begin(), data.end(), expected.begin() + static_cast<std::ptrdiff_t>(offset));
        Buffer back(MiB, shift);
        read_wait(*device, 0, back.bytes());
        REQUIRE(std::equal(back.bytes().begin(), back.bytes().end(), expected.begin()));
      }
  flush_wait(*device);
  CHECK(read_bytes(*device, 0, 2 * MiB) == expected);
}

TEST_CASE("unmap of a block device gives its room back and leaves zeros") {
  const TempDir dir;
  const std::string file = dir.sparse_file("disk", 8 * MiB);
  const LoopDevice loop(file);
  if (!is_here(bool{loop}, "loop device")) return;
  const auto device = open_file(loop.path(), kWrite);
  if (device->limits().unmap_granularity == 0) {
    MESSAGE("skipped: loop devices cannot deallocate here");
    return;
  }
  write_wait(*device, 0, random_bytes(8 * MiB, 1));
  flush_wait(*device);
  struct stat before = {}, after = {};
  REQUIRE(stat(file.c_str(), &before) == 0);
  unmap_wait(*device, MiB, 4 * MiB);
  REQUIRE(stat(file.c_str(), &after) == 0);
  CHECK(after.st_blocks * 512 <= before.st_blocks * 512 - static_cast<off_t>(3 * MiB));
  CHECK(read_bytes(*device, MiB, 4 * MiB) == std::vector<std::byte>(4 * MiB));
}

TEST_CASE("a destination is held alone, a source is shared") {
  const TempDir dir;
  const LoopDevice loop(dir.sparse_file("disk", 2 * MiB));
  if (!is_here(bool{loop}, "loop device")) return;
  {
    const auto reader = open_file(loop.path(), kRead);
    CHECK_NOTHROW(open_file(loop.path(), kRead));
    const auto writer = open_file(loop.path(), kWrite);
    check_refused(loop.path(), kWrite, "in use by something that the kernel does not name");
    // It is being written by a clone.
    check_refused(loop.path(), kRead, "in use by something that the kernel does not name");
  }
  CHECK_NOTHROW(open_file(loop.path(), kWrite));
}

TEST_CASE("a mounted disk is no destination, and no source unless it is read-only") {
  const TempDir dir;
  const std::string file = dir.sparse_file("disk", 32 * MiB);
  const LoopDevice loop(file);
  if (!is_here(loop && make_ext4(loop.path()), "loop device with ext4")) return;
  {
    const Mounted mounted(loop.path(), dir / "mnt", "ext4");
    if (!is_here(bool{mounted}, "right to mount")) return;
    const std::string cause = loop.path() + " is mounted read-write at " + dir / "mnt";
    check_refused(loop.path(), kWrite, cause);
    check_refused(loop.path(), kRead, cause);
    // The file behind the loop device is the same disk.
    check_refused(file, kWrite, "it is attached to " + loop.path() + ", and " + cause);
    check_refused(file, kRead, cause);
    // A read-only window on it changes nothing.
    CHECK(mount(nullptr, (dir / "mnt").c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0);
    check_refused(loop.path(), kRead, cause);
    CHECK(fs::file_size(file) == 32 * MiB);
  }
  const Mounted mounted(loop.path(), dir / "mnt", "ext4", MS_RDONLY);
  if (!is_here(bool{mounted}, "right to mount")) return;
  check_refused(loop.path(), kWrite, "is mounted read-only at " + dir / "mnt");
  CHECK_NOTHROW(open_file(loop.path(), kRead));
  CHECK_NOTHROW(open_file(file, kRead));
}

TEST_CASE("a disk with a mounted partition is no destination; the partition beside it is") {
  const TempDir dir;
  const std::string file = dir.sparse_file("disk", 64 * MiB);
  LoopDevice loop(file, "--partscan");
  if (!is_here(bool{loop}, "loop device")) return;
  const std::string first = loop.add_partition(dir, 2048, 65536);
  const std::string second = first.empty() ? "" : loop.add_partition(dir, 67584, 32768);
  if (!is_here(!second.empty() && make_ext4(first), "loop device with partitions")) return;
  const Mounted mounted(first, dir / "mnt", "ext4");
  if (!is_here(bool{mounted}, "right to mount")) return;
  const std::string cause = loop.path() + "p1 is mounted read-write at " + dir / "mnt";
  check_refused(first, kWrite, cause);
  check_refused(loop.path(), kWrite, cause);
  check_refused(loop.path(), kRead, cause);
  check_refused(file, kWrite, cause);
  CHECK_NOTHROW(open_file(second, kRead));
  const auto device = open_file(second, kWrite);
  CHECK(device->size() == 16 * MiB);
  write_wait(*device, 0, random_bytes(4096, 1));
  // Held by us now, and with it the disk.
  check_refused(loop.path(), kWrite, cause);
}

TEST_CASE("a partition that is a destination holds its disk") {
  const TempDir dir;
  LoopDevice loop(dir.sparse_file("disk", 64 * MiB), "--partscan");
  if (!is_here(bool{loop}, "loop device")) return;
  const std::string part = loop.add_partition(dir, 2048, 65536);
  if (part.empty()) return;
  const auto writer = open_file(part, kWrite);
  check_refused(loop.path(), kWrite, "in use by something that the kernel does not name");
}

TEST_CASE("swap in use is neither a destination nor a source") {
  const TempDir dir;
  const LoopDevice loop(dir.sparse_file("disk", 32 * MiB));
  if (!is_here(bool{loop}, "loop device")) return;
  if (!run("mkswap " + loop.path() + " && swapon " + loop.path())) {
    MESSAGE("skipped: cannot swap here");
    return;
  }
  check_refused(loop.path(), kWrite, loop.path() + " is active swap space");
  check_refused(loop.path(), kRead, loop.path() + " is active swap space");
  REQUIRE(run("swapoff " + loop.path()));
  CHECK_NOTHROW(open_file(loop.path(), kWrite));
}

TEST_CASE("a write-protected device is no destination") {
  const TempDir dir;
  const LoopDevice loop(dir.sparse_file("disk", 2 * MiB), "--read-only");
  if (!is_here(bool{loop}, "loop device")) return;
  const auto error = error_of([&] { open_file(loop.path(), kWrite); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::refused);
  CHECK(error->cause() == "is write-protected");
  CHECK_NOTHROW(open_file(loop.path(), kRead));
}

TEST_CASE("the wanted size is for files; a device has its own") {
  const TempDir dir;
  const LoopDevice loop(dir.sparse_file("disk", 2 * MiB));
  if (!is_here(bool{loop}, "loop device")) return;
  CHECK(open_file(loop.path(), {.writable = true, .create_size = 64 * MiB})->size() == 2 * MiB);
}

TEST_CASE("a device with nothing in it") {
  const TempDir dir;
  const LoopDevice loop(dir.file("nothing", {}));
  if (!is_here(bool{loop}, "loop device")) return;
  const auto error = error_of([&] { open_file(loop.path(), kRead); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(error->cause() == "has a size of 0 bytes");
}

TEST_SUITE_END();
