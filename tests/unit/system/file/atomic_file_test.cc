// SPDX-License-Identifier: Apache-2.0
#include "system/file/atomic_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/error.h"
#include "temp_dir.h"

using namespace san;
namespace fs = std::filesystem;

namespace {

constexpr AtomicFile::Options kPartial = {.mode = 0600, .temporary = AtomicFile::Temporary::partial};

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(AtomicFile& file, const std::string& text) {
  file.write(std::as_bytes(std::span(text)));
}

std::optional<Error> error_of(const std::string& path) {
  try {
    const AtomicFile file(path, kPartial);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a file has its name when it is whole, and not before") {
  const TempDir directory;
  const std::string path = directory.path() + "/x";
  {
    AtomicFile file(path, kPartial);
    put(file, "one");
    CHECK_FALSE(fs::exists(path));
    CHECK(file.commit_new());
    CHECK(content(path) == "one");
  }
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  {
    AtomicFile file(path, kPartial);
    put(file, "two");
    CHECK_FALSE(file.commit_new());
    CHECK(content(path) == "one");
  }
  CHECK_FALSE(fs::exists(path + ".partial"));
  {
    AtomicFile file(path, kPartial);
    put(file, "three");
    file.replace();
  }
  CHECK(content(path) == "three");
  { AtomicFile file(path, kPartial); }
  CHECK(content(path) == "three");
  CHECK_FALSE(fs::exists(path + ".partial"));
}

TEST_CASE("what a killed process left is removed; what a living one writes is not") {
  const TempDir directory;
  const std::string path = directory.path() + "/x";
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    AtomicFile file(path, kPartial);
    put(file, "half of a secret");
    _exit(0);
  }
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(fs::exists(path + ".partial"));
  // Two names of one file, as a process leaves it that is killed where there is no renameat2().
  fs::create_hard_link(path + ".partial", directory.path() + "/whole");
  {
    AtomicFile file(path, kPartial);
    const auto error = error_of(path);
    REQUIRE(error.has_value());
    CHECK(error->code() == Exit::refused);
    AtomicFile::remove_stale(path);
    CHECK(fs::exists(path + ".partial"));
    CHECK(content(path + ".partial").empty());
  }
  CHECK(content(directory.path() + "/whole") == "half of a secret");
  std::ofstream(path + ".partial") << "x";
  AtomicFile::remove_stale(path);
  CHECK_FALSE(fs::exists(path + ".partial"));
  AtomicFile::remove_stale(path);
}

TEST_CASE("nothing is written through a link") {
  const TempDir directory;
  const std::string path = directory.path() + "/x", victim = directory.path() + "/victim";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, path + ".partial");
  fs::create_symlink(victim, path);
  AtomicFile file(path, kPartial);
  put(file, "text");
  CHECK_FALSE(file.commit_new());
  file.replace();
  CHECK(content(victim) == "precious");
  CHECK_FALSE(fs::is_symlink(path));
  CHECK(content(path) == "text");
  CHECK(error_of(directory.path() + "/no/where")->code() == Exit::failed);
}
