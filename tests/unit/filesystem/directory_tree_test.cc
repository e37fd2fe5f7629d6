// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "filesystem/directory_tree.h"
#include "filesystem/volume/file_path.h"
#include "filesystem/volume/file_tree.h"
#include "temp_dir.h"

using namespace san;
using namespace san::filesystem;

namespace {

std::string text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("path_components") {
  CHECK(path_components("/") == std::vector<std::string>{});
  CHECK(path_components("//a/./b/") == std::vector<std::string>{"a", "b"});
  CHECK(!path_components("/a/../b"));
  CHECK(!path_components(std::string("/a\0b", 4)));
  CHECK(join_path({}) == "/");
  CHECK(join_path({"a", "b c"}) == "/a/b c");
}

TEST_CASE("directory_tree: files, directories, links") {
  const TempDir dir;
  std::filesystem::create_directory(dir / "etc");
  dir.text_file("etc/fstab", "UUID=1 / ext4\n", 0640);
  dir.text_file("etc/a", "");
  REQUIRE(symlink("etc/fstab", (dir / "link").c_str()) == 0);
  REQUIRE(symlink("etc", (dir / "linked").c_str()) == 0);
  const auto tree = directory_tree(dir.path());

  const auto info = tree->info("/etc/fstab");
  REQUIRE(info);
  CHECK(info->kind == FileInfo::Kind::file);
  CHECK(info->size == 14);
  CHECK(info->mode == 0640);
  CHECK(info->mtime > 1'500'000'000);
  CHECK(tree->info("/")->kind == FileInfo::Kind::directory);
  CHECK(tree->info("/link")->kind == FileInfo::Kind::symlink);
  CHECK(tree->link("/link") == "etc/fstab");
  CHECK_THROWS_AS(tree->link("/etc/fstab"), Error);
  CHECK_THROWS_AS(tree->link("/none"), Error);

  CHECK(!tree->info("/none"));
  CHECK(!tree->info("/etc/fstab/x"));
  CHECK(!tree->info("/etc/../etc/fstab"));
  CHECK(!tree->info("/linked/fstab"));  // a link on the way is not followed

  const auto entries = tree->list("/");
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].name == "etc");
  CHECK(entries[0].kind == FileInfo::Kind::directory);
  CHECK(entries[1].name == "link");
  CHECK(entries[1].kind == FileInfo::Kind::symlink);
  CHECK(tree->list("/etc/fstab").empty());
  CHECK(tree->list("/linked").empty());
  CHECK(tree->list("/none").empty());

  CHECK(text(tree->read("/etc/fstab", 0, 100)) == "UUID=1 / ext4\n");
  CHECK(text(tree->read("/etc/fstab", 5, 3)) == "1 /");
  CHECK(tree->read("/etc/fstab", 100, 3).empty());
  CHECK(tree->read("/etc/a", 0, 3).empty());
  CHECK_THROWS_WITH(tree->read("/etc", 0, 3), doctest::Contains("/etc: not a regular file"));
  CHECK_THROWS_WITH(tree->read("/link", 0, 3), doctest::Contains("not a regular file"));
  CHECK_THROWS_WITH(tree->read("/none", 0, 3), doctest::Contains("no such file"));
}

TEST_CASE("directory_tree: files of /proc have more than their size says") {
  const auto tree = directory_tree("/proc/self");
  CHECK(tree->info("/status")->size == 0);
  CHECK(text(tree->read("/status", 0, 1 << 20)).starts_with("Name:"));
}

TEST_CASE("directory_tree: a FIFO is not opened") {
  const TempDir dir;
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  const auto tree = directory_tree(dir.path());
  CHECK(tree->info("/pipe")->kind == FileInfo::Kind::other);
  CHECK_THROWS_AS(tree->read("/pipe", 0, 1), Error);
}

TEST_CASE("directory_tree: no such directory") {
  CHECK_THROWS_WITH_AS(directory_tree("/nonexistent/x"),
                       "/nonexistent/x: cannot open the directory: No such file or directory", Error);
}
