// SPDX-License-Identifier: Apache-2.0
#include "block/document_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "temp_dir.h"

using namespace san;

namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Exit code_of(const std::string& path) {
  try {
    write_document_file(path, kSvg, "<svg/>");
  } catch (const Error& error) {
    return error.code();
  }
  return Exit::ok;
}

}  // namespace

TEST_CASE("a new picture has the mode that the user's umask allows, and leaves nothing beside it") {
  const TempDir directory;
  const mode_t mask = umask(027);
  write_document_file(directory / "a.svg", kSvg, "<svg>1</svg>");
  umask(mask);
  CHECK(content_of(directory / "a.svg") == "<svg>1</svg>");
  struct stat status = {};
  REQUIRE(stat((directory / "a.svg").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("a picture replaces a picture or an empty file, and nothing else") {
  const TempDir directory;
  CHECK(code_of(directory.text_file("old.svg", "<?xml version=\"1.0\"?>\n<svg>old</svg>")) == Exit::ok);
  CHECK(content_of(directory / "old.svg") == "<svg/>");
  CHECK(code_of(directory.text_file("empty", "")) == Exit::ok);
  CHECK(code_of(directory.text_file("disk.img", "a disk")) == Exit::refused);
  CHECK(content_of(directory / "disk.img") == "a disk");
  CHECK(code_of(directory.path()) == Exit::refused);
  CHECK(code_of("/dev/null") == Exit::refused);
  std::filesystem::create_symlink("old.svg", directory / "link");
  std::filesystem::create_symlink("nothing", directory / "dangling");
  CHECK(code_of(directory / "link") == Exit::refused);
  CHECK(code_of(directory / "dangling") == Exit::refused);
  CHECK(!std::filesystem::exists(directory / "nothing"));
  CHECK(code_of(directory / "no/such") == Exit::usage);
  CHECK_THROWS_AS(check_document_file(directory / "disk.img", kSvg), Error);
}

TEST_CASE("a map of bad places replaces one of sanclone, and none of ddrescue") {
  const TempDir directory;
  CHECK_NOTHROW(
      check_document_file(directory.text_file("ours", "# Mapfile. Created by sanclone\n"), kBadMap));
  CHECK_THROWS_AS(
      check_document_file(directory.text_file("other", "# Mapfile. Created by GNU ddrescue version 1.27\n"),
                          kBadMap),
      Error);
}
