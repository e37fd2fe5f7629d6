// SPDX-License-Identifier: Apache-2.0
// Mode, owner, links and strangers: AtomicFile has one rule for each.
#include <doctest/doctest.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

#include "core/error.h"
#include "need.h"
#include "system/file/atomic_file.h"
#include "temp_dir.h"

using namespace san;
namespace fs = std::filesystem;

namespace {

constexpr AtomicFile::Options kRandom = {.mode = 0644};
constexpr AtomicFile::Options kLocked = {.mode = 0600, .temporary = AtomicFile::Temporary::partial};
constexpr AtomicFile::Options kFollowed = {.mode = 0600, .link = AtomicFile::Link::followed};
constexpr AtomicFile::Options kKept = {.link = AtomicFile::Link::followed};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct stat status_of(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status;
}

std::size_t names_in(const TempDir& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()));
}

void replace_by(const std::string& path, const std::string& text, const AtomicFile::Options& options) {
  AtomicFile file(path, options);
  file.write(std::as_bytes(std::span(text)));
  file.replace();
}

/// Replaces the file, and returns the Error of that.
std::optional<Error> error_of_replacing(const std::string& path, const AtomicFile::Options& options) {
  try {
    replace_by(path, "new", options);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

/// Runs it in another process, which may change its own rights and limits; true if it ends well.
bool in_child(const std::function<void()>& run) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      run();
    } catch (const Error&) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a mode that is given counts less the umask, and the old file keeps its other names") {
  const TempDir directory;
  const std::string path = directory.text_file("x", "old", 0777);
  fs::create_hard_link(path, directory / "second");
  const mode_t mask = umask(027);
  replace_by(path, "new", kRandom);
  umask(mask);
  CHECK((status_of(path).st_mode & 07777) == 0640);
  CHECK(text_of(path) == "new");
  CHECK(text_of(directory / "second") == "old");
  CHECK(names_in(directory) == 2);
}

TEST_CASE("without a mode the file keeps mode and owner of the old one, which must exist") {
  const TempDir directory;
  const std::string path = directory.text_file("x", "old", 0640);
  const bool root = geteuid() == 0;
  if (root) REQUIRE(chown(path.c_str(), 1234, 5678) == 0);
  const mode_t mask = umask(077);
  replace_by(path, "new", kKept);
  umask(mask);
  const struct stat status = status_of(path);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(status.st_uid == (root ? 1234 : geteuid()));
  if (root) CHECK(status.st_gid == 5678);
  CHECK(text_of(path) == "new");
  const auto error = error_of_replacing(directory / "missing", kKept);
  REQUIRE(error);
  CHECK(error->code() == Exit::failed);
  CHECK(names_in(directory) == 1);
}

TEST_SUITE("needs the kernel") {
  TEST_CASE("an owner that cannot be kept takes the rights of the group along") {
    if (!is_here(geteuid() == 0, "root")) return;
    const TempDir directory;
    REQUIRE(chmod(directory.path().c_str(), 0777) == 0);
    const std::string path = directory.text_file("x", "old", 0664);
    CHECK(in_child([&] {
      if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
      replace_by(path, "new", kKept);
    }));
    const struct stat status = status_of(path);
    CHECK(status.st_uid == 65534);
    CHECK((status.st_mode & 07777) == 0604);
    CHECK(text_of(path) == "new");
  }
}

TEST_CASE("a link is replaced, or followed to its end and kept") {
  const TempDir directory;
  const std::string victim = directory.text_file("victim", "precious");
  const std::string link = directory / "link", first = directory / "first", dangling = directory / "dangling";
  fs::create_symlink("victim", link);
  fs::create_symlink("link", first);
  fs::create_symlink("made", dangling);
  replace_by(first, "new", kFollowed);
  CHECK(fs::is_symlink(first));
  CHECK(fs::is_symlink(link));
  CHECK(text_of(victim) == "new");
  replace_by(dangling, "new", kFollowed);
  CHECK(fs::is_symlink(dangling));
  CHECK(text_of(directory / "made") == "new");
  {
    AtomicFile file(first, kFollowed);
    CHECK_FALSE(file.commit_new());
  }
  replace_by(first, "newest", kRandom);
  CHECK_FALSE(fs::is_symlink(first));
  CHECK(text_of(victim) == "new");
  CHECK(names_in(directory) == 5);
  fs::create_symlink("loop", directory / "loop");
  CHECK(error_of_replacing(directory / "loop", kKept));
  CHECK(fs::is_symlink(directory / "loop"));
  CHECK(names_in(directory) == 6);
}

TEST_CASE("a file that cannot be written whole leaves the old one, and nothing beside it") {
  const TempDir directory;
  const std::string path = directory.text_file("x", "old");
  for (const AtomicFile::Options& options : {kRandom, kLocked, kFollowed, kKept}) {
    CHECK_FALSE(in_child([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit = {1000, 1000};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(0);
      replace_by(path, std::string(1001, 'x'), options);
    }));
    CHECK(text_of(path) == "old");
    CHECK(names_in(directory) == 1);
  }
}

TEST_CASE("a directory in the place of the file is not replaced") {
  const TempDir directory;
  fs::create_directory(directory / "x");
  for (const AtomicFile::Options& options : {kRandom, kLocked, kKept}) {
    const auto error = error_of_replacing(directory / "x", options);
    REQUIRE(error);
    CHECK(error->object() == directory / "x");
    CHECK(names_in(directory) == 1);
  }
}

TEST_CASE("what a stranger puts under the temporary name is not renamed, and not removed") {
  const TempDir directory;
  const std::string path = directory.text_file("x", "old"),
                    victim = directory.text_file("victim", "precious");
  {
    AtomicFile file(path, kLocked);
    fs::remove(path + ".partial");
    fs::create_symlink(victim, path + ".partial");
    CHECK_THROWS_AS(file.replace(), Error);
    CHECK_THROWS_AS((void)file.commit_new(), Error);
  }
  CHECK(fs::is_symlink(path + ".partial"));
  CHECK(text_of(path) == "old");
  CHECK(text_of(victim) == "precious");
}

TEST_CASE("what is no file under the name of an unfinished one is refused, and left") {
  const TempDir directory;
  for (const bool pipe : {false, true}) {
    const std::string path = directory / (pipe ? "pipe" : "directory"), partial = path + ".partial";
    REQUIRE((pipe ? mkfifo(partial.c_str(), 0600) : mkdir(partial.c_str(), 0700)) == 0);
    const auto error = error_of_replacing(path, kLocked);
    REQUIRE(error);
    CHECK(error->code() == Exit::refused);
    CHECK(error->object() == partial);
    CHECK(fs::exists(partial));
    CHECK_THROWS_AS(AtomicFile::remove_stale(path), Error);
  }
}

TEST_CASE("of several writers at once each leaves a whole file, and none a piece") {
  const TempDir directory(TempDir::Where::memory);
  const std::string path = directory / "x";
  const auto writer = [&](char letter) {
    for (int i = 0; i < 300; ++i) replace_by(path, std::string(5000, letter), kRandom);
  };
  replace_by(path, std::string(5000, 'a'), kRandom);
  std::thread one(writer, 'a'), other(writer, 'b');
  int torn = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = text_of(path);
    if (text != std::string(5000, 'a') && text != std::string(5000, 'b')) ++torn;
  }
  one.join();
  other.join();
  CHECK(torn == 0);
  CHECK(names_in(directory) == 1);
}
