// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_writer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "block/device_checks.h"
#include "block/zst/zst_device.h"
#include "block/zst/zst_marks.h"
#include "core/units.h"
#include "system/machine.h"

using namespace san;

namespace {

/// Data and zeros in runs of all sizes, a few of them larger than a frame.
std::vector<std::byte> mixed(std::size_t size, unsigned seed) {
  auto content = random_bytes(size, seed);
  std::mt19937 random(seed);
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = std::min<std::size_t>(size - at, (1 + random() % 10000) * 512);
    if (random() % 2 == 0)
      std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), length, std::byte{0});
    at += length;
  }
  return content;
}

/// Writes `content` in pieces and in a wild order, zeros where `zero` says so.
void write_shuffled(Device& device, std::span<const std::byte> content, unsigned seed) {
  struct Piece {
    std::size_t offset, length;
  };
  std::vector<Piece> pieces;
  std::mt19937 random(seed);
  for (std::size_t at = 0; at < content.size();) {
    pieces.push_back({at, std::min<std::size_t>(content.size() - at, (1 + random() % 4000) * 512)});
    at += pieces.back().length;
  }
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i)
    std::swap(pieces[i], pieces[i + random() % std::min<std::size_t>(16, pieces.size() - i)]);
  std::atomic<int> done{0}, failed{0};
  for (const Piece& piece : pieces) {
    const auto part = content.subspan(piece.offset, piece.length);
    const auto completion = [&](const Error* error) {
      if (error != nullptr) ++failed;
      ++done;
    };
    if (std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; }))
      device.zero(piece.offset, piece.length, completion);
    else
      device.write(piece.offset, part, completion);
  }
  while (done < static_cast<int>(pieces.size())) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  REQUIRE(failed == 0);
}

bool zstd_reads(const std::string& path, std::span<const std::byte> expected) {
  int status = 0;
  const std::string output = output_of("zstd -dc " + path, status);
  return status == 0 && output.size() == expected.size() &&
         std::equal(output.begin(), output.end(), expected.begin(),
                    [](char a, std::byte b) { return std::byte(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

TEST_CASE("what is written in any order, zstd and the reader read back") {
  const TempDir place;
  const std::string path = place.path() + "/disk.zst";
  for (const unsigned seed : {1U, 2U, 3U}) {
    // Ends within a block, at a block, and at a frame.
    const std::size_t size = seed == 1 ? 40 * MiB - 12345 : seed == 2 ? 30 * MiB + 512 : 32 * MiB;
    auto content = mixed(round_up(size, 512), seed);
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(size), content.end(), std::byte{0});
    {
      const auto device = create_zst(path, content.size());
      CHECK(device->sequential());
      write_shuffled(*device, content, seed);
      device->finish(size);
      CHECK(read_bytes(*device, 0, 3 * MiB) ==
            std::vector<std::byte>(content.begin(), content.begin() + 3 * MiB));
      check_cover(device->extents(512, content.size() - 512), 512, content.size() - 512);
      const auto late = error_of([&] { write_wait(*device, 0, std::span(content).first(512)); });
      CHECK(late.has_value());
      device->commit();
    }
    CHECK_FALSE(std::filesystem::exists(path + ".partial"));
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    if (have("zstd")) CHECK(zstd_reads(path, std::span(content).first(size)));

    const auto back = open_zst(path, false);
    REQUIRE(back);
    CHECK(back->size() == content.size());
    CHECK(back->content_size() == size);
    CHECK(read_bytes(*back, 0, content.size()) == content);
    CHECK(read_bytes(*back, 5 * MiB - 512, 1024) ==
          std::vector<std::byte>(content.begin() + 5 * MiB - 512, content.begin() + 5 * MiB + 512));
    const auto extents = back->extents(0, content.size());
    check_cover(extents, 0, content.size());
    for (const Extent& extent : extents)
      if (extent.kind == Extent::Kind::zero)
        CHECK(std::all_of(content.begin() + static_cast<std::ptrdiff_t>(extent.offset),
                          content.begin() + static_cast<std::ptrdiff_t>(extent.end()),
                          [](std::byte b) { return b == std::byte{0}; }));
    check_refuses_bad_reads(*back);
    CHECK(back->identity().id == open_zst(path, false)->identity().id);
  }
}

TEST_CASE("a hole of 3 TiB takes 32 KiB for each GiB, and is known to be one") {
  const TempDir place;
  const std::string path = place.path() + "/hole.zst";
  auto device = create_zst(path, 3 * TiB + MiB);
  for (std::uint64_t at = 0; at < 3 * TiB; at += TiB) zero_wait(*device, at, TiB);
  const auto data = random_bytes(MiB, 4);
  write_wait(*device, 3 * TiB, data);
  device->finish(3 * TiB + MiB);
  device->commit();
  device.reset();
  CHECK(std::filesystem::file_size(path) < 3 * 1024 * 33 * KiB + 2 * MiB);
  const auto back = open_zst(path, false);
  REQUIRE(back);
  CHECK(back->extents(GiB, 2 * TiB) == std::vector<Extent>{{GiB, 2 * TiB, Extent::Kind::zero}});
  CHECK(read_bytes(*back, 3 * TiB, MiB) == data);
  CHECK(read_bytes(*back, 2 * TiB + 512, 512) == std::vector<std::byte>(512));
}

TEST_CASE("without commit nothing is left, and what was there stays") {
  const TempDir place;
  const std::string path = place.path() + "/disk.zst";
  const auto write = [&](bool commit) {
    const auto device = create_zst(path, std::nullopt);
    write_wait(*device, 0, random_bytes(4096, commit ? 1 : 2));
    CHECK(std::filesystem::exists(path + ".partial"));
    const auto second = error_of([&] { create_zst(path, 512); });
    REQUIRE(second.has_value());
    CHECK(second->code() == Exit::refused);
    if (!commit) return;
    device->finish(4096);
    device->commit();
  };
  write(false);
  CHECK_FALSE(std::filesystem::exists(path));
  write(true);
  write(false);
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  CHECK(read_bytes(*open_zst(path, false), 0, 4096) == random_bytes(4096, 1));
}

TEST_CASE("what was never written is missed, and what waits for it is let go") {
  const TempDir place;
  const auto device = create_zst(place.path() + "/disk.zst", MiB);
  std::vector<std::byte> data(512, std::byte{1}), into(512);
  int ended = 0;
  const auto expect_error = [&](const Error* error) { ended += error != nullptr ? 1 : 0; };
  device->write(512, data, expect_error);
  device->read(0, into, expect_error);
  CHECK(ended == 0);
  CHECK(error_of([&] { device->finish(1024); }).has_value());
  CHECK(ended == 2);
  CHECK(error_of([&] { write_wait(*device, 0, data); }).has_value());
}

TEST_CASE("another file of that name is refused") {
  const TempDir place;
  const std::string path = place.path() + "/notes.zst";
  std::ofstream(path) << "not compressed";
  const auto error = error_of([&] { create_zst(path, 512); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::refused);
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  const auto directory = error_of([&] { create_zst(place.path() + "/none/x.zst", 512); });
  REQUIRE(directory.has_value());
  CHECK(directory->code() == Exit::usage);
}

TEST_CASE("what went into a pipe is an image too, and cannot be read back from there") {
  const TempDir place;
  const auto content = mixed(20 * MiB, 7);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  std::string got;
  std::thread reader([&] {
    char buffer[65536];
    for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof(buffer))) > 0;)
      got.append(buffer, static_cast<std::size_t>(count));
  });
  {
    const auto device = open_zst_output("standard output", ends[1], content.size());
    CHECK(device->sequential());
    write_shuffled(*device, content, 8);
    CHECK(error_of([&] { read_bytes(*device, 0, 512); }).has_value());
    device->finish(content.size());
  }
  close(ends[1]);
  reader.join();
  close(ends[0]);
  const auto packed = std::as_bytes(std::span(got));
  CHECK(zst::is_begin_mark(packed));
  const auto back = open_zst(place.file("disk.zst", packed), false);
  REQUIRE(back);
  CHECK(read_bytes(*back, 0, content.size()) == content);
  if (have("zstd")) CHECK(zstd_reads(place / "disk.zst", content));
}

TEST_CASE("a pipe whose reader stands still does not hold up the end") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  {
    const auto device = open_zst_output("standard output", ends[1], 64 * MiB);
    const auto content = random_bytes(MiB, 9);
    for (std::uint64_t at = 0; at < 8 * MiB; at += MiB) device->write(at, content, [](const Error*) {});
    device->cancel();
  }
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("an image that has lost its end is no image any more") {
  const TempDir place;
  const std::string path = place / "disk.zst";
  {
    const auto device = create_zst(path, 5 * MiB);
    write_shuffled(*device, mixed(5 * MiB, 1), 1);
    device->finish(5 * MiB);
    device->commit();
  }
  const auto size = std::filesystem::file_size(path);
  CHECK(open_zst(path, false));
  for (const std::uintmax_t length : {size - 1, size - 9, size / 2, std::uintmax_t{24}}) {
    std::filesystem::resize_file(path, length);
    const auto error = error_of([&] { open_zst(path, false); });
    REQUIRE(error.has_value());
    CHECK(error->code() == Exit::failed);
  }
}
