// SPDX-License-Identifier: Apache-2.0
#include "system/file/output_file.h"

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

constexpr const char* kPicture = "<svg class=\"sandisk\"/>";

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Exit code_of(const std::string& path) {
  try {
    write_output(path, kSvg, kPicture);
  } catch (const Error& error) {
    return error.code();
  }
  return Exit::ok;
}

}  // namespace

TEST_CASE("a new picture has the mode that the user's umask allows, and leaves nothing beside it") {
  const TempDir directory;
  const mode_t mask = umask(027);
  write_output(directory / "a.svg", kSvg, "<svg>1</svg>");
  umask(mask);
  CHECK(content_of(directory / "a.svg") == "<svg>1</svg>");
  struct stat status = {};
  REQUIRE(stat((directory / "a.svg").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("a picture replaces a picture of ours or an empty file, and nothing else") {
  const TempDir directory;
  CHECK(code_of(directory.text_file("old.svg", "<svg class=\"sandisk\">old</svg>")) == Exit::ok);
  CHECK(content_of(directory / "old.svg") == kPicture);
  CHECK(code_of(directory.text_file("empty", "")) == Exit::ok);
  for (const char* other : {"a disk", "<svg>drawn by hand</svg>"}) {
    CHECK(code_of(directory.text_file("other", other)) == Exit::refused);
    CHECK(content_of(directory / "other") == other);
  }
  CHECK(code_of(directory.path()) == Exit::refused);
  CHECK(code_of("/dev/null") == Exit::refused);
  CHECK(code_of(directory / "no/such") == Exit::usage);
  CHECK_THROWS_AS(check_output(directory / "other", kSvg), Error);
}

TEST_CASE("an output is no symbolic link, and changes no byte of a file that has another name") {
  const TempDir directory;
  const std::string old = directory.text_file("old.svg", "<svg class=\"sandisk\">old</svg>");
  std::filesystem::create_symlink(old, directory / "link");
  CHECK(code_of(directory / "link") == Exit::refused);
  std::filesystem::create_symlink(directory / "nothing", directory / "dangling");
  CHECK(code_of(directory / "dangling") == Exit::refused);
  std::filesystem::create_hard_link(old, directory / "second");
  CHECK(code_of(old) == Exit::ok);
  CHECK(content_of(directory / "second") == "<svg class=\"sandisk\">old</svg>");
  std::filesystem::create_symlink(directory.path(), directory / "above");
  CHECK(code_of(directory / "above/old.svg") == Exit::ok);
}

TEST_CASE("kinds that replace nothing do so only where the user says so; each has its mode") {
  const TempDir directory;
  const std::string path = directory / "file";
  const mode_t mask = umask(022);
  for (const OutputKind& kind : {kRemedy, kRom, kExport, kSecretExport, kBackup}) {
    write_output(path, kind, "one");
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == (kind.mode & 0755));
    CHECK_THROWS_AS(write_output(path, kind, "two"), Error);
    CHECK(content_of(path) == "one");
    write_output(path, kind, "three", Overwrite::yes);
    CHECK(content_of(path) == "three");
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
    std::filesystem::remove(path);
  }
  umask(mask);
}

TEST_CASE("outputs are no input and no other output of the same run, whatever they are called") {
  const TempDir directory;
  const std::string disk = directory.text_file("disk", "x"), other = directory.text_file("other", "y");
  std::filesystem::create_symlink(disk, directory / "link");
  std::filesystem::create_hard_link(disk, directory / "hard");
  std::filesystem::create_symlink(directory.path(), directory / "above");
  const std::vector<NamedFile> inputs = {
      {"SOURCE", disk}, {"--profile", ""}, {"DEST", "iscsi://a/b/1"}, {"-", "-"}};
  for (const std::string& name :
       {disk, directory / "link", directory / "hard", directory / "./disk", directory / "above/disk"})
    CHECK_THROWS_WITH_AS(
        check_apart({{"--report", name}}, inputs),
        (name + ": --report and SOURCE are the same file; name another file for --report").c_str(), Error);
  CHECK_NOTHROW(
      check_apart({{"--report", other}, {"--remedy", directory / "new"}, {"--svg", "-"}, {"x", ""}}, inputs));
  CHECK_THROWS_AS(
      check_apart({{"--report", directory / "new"}, {"--remedy", directory / "above/new"}}, inputs), Error);
  CHECK_THROWS_AS(check_apart({{"--report", disk}}, {{"DEVICE", "profile:" + disk}}), Error);
}
