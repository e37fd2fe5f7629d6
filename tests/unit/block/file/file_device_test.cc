// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_device.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "block/device_checks.h"
#include "core/units.h"
#include "system/machine.h"

using namespace san;
namespace fs = std::filesystem;
using Kind = Extent::Kind;

namespace {

std::unique_ptr<Device> create(const std::string& path, std::uint64_t size) {
  return open_file(path, {.writable = true, .create_size = size});
}

std::uint64_t allocated(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

/// What is in the file itself, by another way than ours.
std::vector<std::byte> content_of(const std::string& path) {
  std::vector<std::byte> bytes(fs::file_size(path));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

}  // namespace

TEST_CASE("a file keeps what is written, zeroed and unmapped") {
  const TempDir dir;
  const auto content = random_bytes(2 * MiB, 1);
  const std::string path = dir.file("disk", content);
  const auto device = open_file(path, {.writable = true});
  check_against_model(*device, content, 5, 300);
  check_refuses_bad_ranges(*device);
  CHECK_NOTHROW(flush_wait(*device));
  CHECK_NOTHROW(flush_wait(*device));
}

TEST_CASE("a file for reading reads, and nothing else") {
  const TempDir dir;
  const auto content = random_bytes(64 * KiB, 1);
  const std::string path = dir.file("disk", content);
  const auto device = open_file(path, {});
  CHECK(device->read_only());
  CHECK_FALSE(device->write_protected());
  CHECK(read_bytes(*device, 0, 64 * KiB) == content);
  std::vector<std::byte> block(512);
  for (const auto& error :
       {error_of([&] { write_wait(*device, 0, block); }), error_of([&] { zero_wait(*device, 0, 512); }),
        error_of([&] { unmap_wait(*device, 0, 512); })}) {
    REQUIRE(error.has_value());
    CHECK(error->cause() == "is open for reading only");
  }
  CHECK_NOTHROW(flush_wait(*device));
  CHECK(content_of(path) == content);
}

TEST_CASE("the last block of a file that ends within it is filled up with zeros") {
  const TempDir dir;
  for (const std::size_t size : {1, 511, 513, 4097}) {
    auto content = random_bytes(size, 1);
    const auto device = open_file(dir.file("odd", content), {});
    content.resize(round_up(size, 512));
    CHECK(device->size() == content.size());
    CHECK(read_bytes(*device, 0, content.size()) == content);
    check_cover(device->extents(0, content.size()), 0, content.size());
    CHECK(read_bytes(*device, content.size() - 512, 512) ==
          std::vector<std::byte>(content.end() - 512, content.end()));
  }
  const auto empty = open_file(dir.file("empty", {}), {});
  CHECK(empty->size() == 0);
  CHECK(empty->extents(0, 0).empty());
}

TEST_CASE("content_size() is the size without the padding") {
  const TempDir dir;
  const auto odd = open_file(dir.file("odd", random_bytes(700, 1)), {});
  CHECK(odd->content_size() == 700);
  CHECK(odd->size() == 1024);
  CHECK(create(dir / "new", 4096)->content_size() == 4096);
}

TEST_CASE("two names of one file are one identity, two files are two") {
  const TempDir dir;
  const std::string path = dir.sparse_file("disk", 4096);
  fs::create_hard_link(path, dir / "link");
  const auto first = open_file(path, {}), again = open_file(dir / "link", {});
  const auto other = open_file(dir.sparse_file("other", 4096), {});
  CHECK(first->identity().id != "");
  CHECK(first->identity().id == again->identity().id);
  CHECK(first->identity().id != other->identity().id);
}

TEST_CASE("a file for writing can be made longer and shorter") {
  const TempDir dir;
  const std::string path = dir.file("disk", random_bytes(8192, 1));
  {
    const auto reader = open_file(path, {});
    CHECK(reader->resizable());
    CHECK(error_of([&] { reader->resize(4096); }).has_value());
  }
  const auto device = open_file(path, {.writable = true});
  CHECK(device->resizable());
  device->resize(MiB);
  CHECK(device->size() == MiB);
  CHECK(read_bytes(*device, MiB - 512, 512) == std::vector<std::byte>(512));
  const auto data = random_bytes(4096, 2);
  write_wait(*device, MiB - 4096, data);
  device->resize(MiB - 1000);
  CHECK(fs::file_size(path) == MiB - 1000);
  CHECK(device->size() == MiB - 512);
  auto expected = data;
  expected.resize(4096 - 512);
  std::fill(expected.begin() + 4096 - 1000, expected.end(), std::byte{0});
  CHECK(read_bytes(*device, MiB - 4096, 4096 - 512) == expected);
}

TEST_CASE("a file that is cut while it is read is an error that names the range") {
  const TempDir dir;
  const std::string path = dir.file("disk", random_bytes(64 * KiB, 1));
  const auto device = open_file(path, {});
  fs::resize_file(path, 5000);
  const auto error = error_of([&] { read_bytes(*device, 4096, 8192); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(error->cause() ==
        "it ends before all of 8.0 KiB at 4.0 KiB (bytes 4096 to 12287) could be read: only 904 B came");
  CHECK(error_of([&] { device->extents(0, 4096); }).has_value());
  CHECK_NOTHROW(read_bytes(*device, 0, 4096));
}

TEST_CASE("unmap gives room back, zero keeps it, both read as zeros") {
  const TempDir dir;
  const std::string path = dir / "disk";
  const auto device = create(path, 4 * MiB);
  const auto data = random_bytes(4 * MiB, 1);
  write_wait(*device, 0, data);
  flush_wait(*device);
  if (device->limits().unmap_granularity == 0) {
    MESSAGE("skipped: this file system punches no holes");
    return;
  }
  CHECK(device->limits().unmap_granularity == 512);
  const std::uint64_t full = allocated(path);
  CHECK(full >= 4 * MiB);
  zero_wait(*device, 0, MiB);
  CHECK(allocated(path) >= 4 * MiB);
  unmap_wait(*device, MiB, MiB);
  CHECK(allocated(path) <= full - MiB);
  // Less than a block of the file system gives nothing back, and is zero all the same.
  unmap_wait(*device, 2 * MiB + 512, 512);
  auto expected = data;
  std::fill_n(expected.begin(), 2 * MiB, std::byte{0});
  std::fill_n(expected.begin() + 2 * MiB + 512, 512, std::byte{0});
  CHECK(read_bytes(*device, 0, 4 * MiB) == expected);
  CHECK(content_of(path) == expected);
  CHECK(fs::file_size(path) == 4 * MiB);
  const auto extents = device->extents(0, 4 * MiB);
  check_cover(extents, 0, 4 * MiB);
  CHECK(extents.back() == Extent{2 * MiB, 2 * MiB, Kind::data});
}

TEST_CASE("zeros up to the end do not make the file longer") {
  const TempDir dir;
  const auto device = create(dir / "disk", MiB);
  zero_wait(*device, MiB - 512, 512);
  unmap_wait(*device, MiB - 512, 512);
  zero_wait(*device, 0, 0);
  unmap_wait(*device, 0, 0);
  CHECK(fs::file_size(dir / "disk") == MiB);
}

TEST_CASE("many requests at once, from many threads, completions that submit more") {
  const TempDir dir;
  constexpr std::uint64_t kPart = 16 * KiB, kParts = 256;
  const auto device = create(dir / "disk", kParts * kPart);
  const auto data = random_bytes(kParts * kPart, 1);
  std::vector<std::byte> back(data.size());
  std::atomic<unsigned> good{0}, bad{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = t; i < kParts; i += 4) {
        const std::uint64_t offset = i * kPart;
        device->write(offset, std::span(data).subspan(offset, kPart), [&, offset](const Error* error) {
          if (error != nullptr) ++bad;
          device->read(offset, std::span(back).subspan(offset, kPart),
                       [&](const Error* failed) { ++(failed == nullptr ? good : bad); });
        });
      }
    });
  for (auto& thread : threads) thread.join();
  while (good + bad < kParts) std::this_thread::yield();
  CHECK(good == kParts);
  CHECK(back == data);
}

TEST_CASE("what is in flight is completed before the device goes") {
  const TempDir dir;
  std::atomic<int> completed{0};
  const auto data = random_bytes(64 * KiB, 1);
  {
    const auto device = create(dir / "disk", 4 * MiB);
    for (std::uint64_t i = 0; i < 64; ++i)
      device->write(i * 64 * KiB, data,
                    [&](const Error* error) { completed += error == nullptr ? 1 : 1000; });
  }
  CHECK(completed == 64);
  CHECK(std::equal(data.begin(), data.end(), content_of(dir / "disk").begin() + 63 * 64 * KiB));
}

TEST_CASE("a file system without holes: unmap and zero write zeros") {
  const TempDir dir;
  const Mounted ramfs("none", dir / "ramfs", "ramfs");
  if (!ramfs) return;
  const auto content = random_bytes(MiB, 1);
  const auto device = open_file(dir.file("ramfs/disk", content), {.writable = true});
  CHECK(device->limits().unmap_granularity == 0);
  CHECK(device->limits().unmap_guaranteed);
  check_against_model(*device, content, 6, 100);
  check_cover(device->extents(0, MiB), 0, MiB);
}

TEST_CASE("no room left") {
  const TempDir dir;
  const Mounted tmpfs("none", dir / "small", "tmpfs", 0, "size=1M");
  if (!tmpfs) return;
  const auto device = create(dir / "small/disk", 4 * MiB);
  const auto data = random_bytes(4 * MiB, 1);
  const auto error = error_of([&] { write_wait(*device, 0, data); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(std::string(error->what()) == dir / "small/disk" +
                                          ": cannot write 4.0 MiB at 0 B (bytes 0 to 4194303): no space is "
                                          "left on what stores it; make room there "
                                          "or choose another place, and run the command again");
}
