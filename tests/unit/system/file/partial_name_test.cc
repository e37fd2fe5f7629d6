// SPDX-License-Identifier: Apache-2.0
// Two writers of one PATH.partial.

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "core/error.h"
#include "system/file/atomic_file.h"
#include "temp_dir.h"

using namespace san;

namespace {

constexpr AtomicFile::Options kImage = {
    .mode = 0600, .temporary = AtomicFile::Temporary::partial, .link = AtomicFile::Link::followed};

constexpr std::string_view kContent = "the whole of it";

/// Writes a complete file; false where another writer was at it.
bool write_once(const std::string& path) {
  try {
    AtomicFile file(path, kImage);
    REQUIRE(write(file.fd(), kContent.data(), kContent.size()) == static_cast<ssize_t>(kContent.size()));
    file.replace();
    return true;
  } catch (const Error& error) {
    REQUIRE(error.code() == Exit::refused);
    return false;
  }
}

}  // namespace

TEST_CASE("a second writer of a file is refused while the first is at it, and may replace it afterwards") {
  const TempDir dir;
  const std::string path = dir / "disk.img";
  {
    AtomicFile first(path, kImage);
    CHECK_FALSE(write_once(path));
    CHECK_FALSE(std::filesystem::exists(path));
  }
  CHECK(write_once(path));
  CHECK(write_once(path));
  CHECK(std::filesystem::file_size(path) == kContent.size());
}

TEST_CASE("a writer that opens just before another one finishes does not empty the finished file") {
  const TempDir dir;
  const std::string path = dir / "disk.img";
  REQUIRE(write_once(path));
  std::atomic<int> written{0};
  const auto writer = [&] {
    for (int i = 0; i < 1500; ++i) written += write_once(path) ? 1 : 0;
  };
  std::atomic<bool> over{false};
  int cut = 0;
  std::thread reader([&] {
    while (!over) cut += std::filesystem::file_size(path) == kContent.size() ? 0 : 1;
  });
  std::thread other(writer);
  writer();
  other.join();
  over = true;
  reader.join();
  CHECK(cut == 0);
  CHECK(written > 0);
}
