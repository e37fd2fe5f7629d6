// SPDX-License-Identifier: Apache-2.0
#include "copy/map/map_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "copy/copy_checks.h"

using namespace san;
using namespace san::copy;

TEST_CASE("a map file is made where there is none, for its owner alone") {
  const TempDir dir;
  const MapFile file = MapFile::open(dir / "map");
  CHECK(file.size() == 0);
  struct stat status = {};
  REQUIRE(stat((dir / "map").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("what is no regular file, or has no place, is no map file") {
  const TempDir dir;
  const auto pipe = error_of([] { MapFile::open("/dev/null"); });
  REQUIRE(pipe);
  CHECK(pipe->code() == Exit::usage);
  const auto nowhere = error_of([&] { MapFile::open(dir / "none/map"); });
  REQUIRE(nowhere);
  CHECK(nowhere->code() == Exit::failed);
  CHECK(nowhere->object() == dir / "none/map");
}

TEST_CASE("another process is refused as long as the file is open, also after it was replaced") {
  const TempDir dir;
  const std::string path = dir / "map";
  // 0: it got it; 4: refused; in another process, where the lock counts.
  const auto attempt = [&path] {
    const pid_t child = fork();
    if (child == 0) {
      try {
        MapFile::open(path);
        _exit(0);
      } catch (const Error& error) {
        _exit(error.cause() == "is in use by another clone" ? static_cast<int>(error.code()) : 99);
      }
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  };
  {
    MapFile file = MapFile::open(path);
    CHECK(attempt() == 4);
    CHECK(code_of(error_of([&] { MapFile::open(path); })) == Exit::refused);
    MapFile next = file.successor();
    CHECK(attempt() == 4);
    next.write(0, Content(10, std::byte{1}));
    file.replace(std::move(next));
    CHECK(attempt() == 4);
  }
  CHECK(attempt() == 0);
}

TEST_CASE("a successor becomes the file as a whole") {
  const TempDir dir;
  const std::string path = dir.file("map", Content(100, std::byte{1}));
  MapFile file = MapFile::open(path);
  // A file of the user's with a name like the map's is in nobody's way.
  const std::string other = dir.file("map.new", Content(5000, std::byte{9}));
  MapFile next = file.successor();
  CHECK(next.size() == 0);
  next.write(0, Content(50, std::byte{2}));
  CHECK(file_content(path) == Content(100, std::byte{1}));
  file.replace(std::move(next));
  CHECK(file_content(path) == Content(50, std::byte{2}));
  CHECK(file_content(other) == Content(5000, std::byte{9}));
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 2);
  CHECK(file.name() == path);
  file.write(50, Content(1, std::byte{3}));
  CHECK(file_content(path).size() == 51);
  Content back(100);
  CHECK(file.read(40, back) == 11);
  file.resize(10);
  CHECK(file.size() == 10);
}
