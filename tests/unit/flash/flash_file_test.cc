// SPDX-License-Identifier: Apache-2.0
#include "flash/flash_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "flash/nvm/nvm_flash.h"
#include "flash/test_images.h"
#include "temp_dir.h"

using namespace san::flash;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const TempDir& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()));
}

unsigned mode_of(const std::string& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::vector<std::byte> bytes(const char* text) {
  const auto* const begin = reinterpret_cast<const std::byte*>(text);
  return {begin, begin + std::string_view(text).size()};
}

}  // namespace

TEST_CASE("a backup is a new file for its owner alone, or the same again") {
  const TempDir directory;
  write_backup(directory / "a", bytes("one"));
  CHECK(mode_of(directory / "a") == 0600);
  CHECK(read_flash_file(directory / "a", 3) == bytes("one"));
  CHECK(!error_of([&] { write_backup(directory / "a", bytes("one")); }));
  const auto error = error_of([&] { write_backup(directory / "a", bytes("two")); });
  REQUIRE(error);
  CHECK(error->code() == san::Exit::refused);
  CHECK(read_flash_file(directory / "a", 3) == bytes("one"));
}

TEST_CASE("a file is replaced with its mode, through links, and nothing else is left") {
  const TempDir directory;
  write_backup(directory / "a", bytes("one"));
  fs::permissions(directory / "a", fs::perms(0640));
  fs::create_symlink("a", directory / "link");
  replace_file(directory / "link", bytes("two"));
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(read_flash_file(directory / "a", 3) == bytes("two"));
  CHECK(mode_of(directory / "a") == 0640);
  CHECK(files_in(directory) == 2);
  CHECK(error_of([&] { replace_file(directory / "missing", bytes("x")); }));
  CHECK(files_in(directory) == 2);
}

TEST_CASE("only regular files of a sane size are read") {
  const TempDir directory;
  write_backup(directory / "a", bytes("four"));
  CHECK(contains(error_of([&] { read_flash_file(directory / "a", 3); })->what(),
                 "has 4 bytes, more than any flash"));
  CHECK(contains(error_of([&] { read_flash_file(directory.path(), 3); })->what(), "not a regular file"));
  CHECK(error_of([&] { read_flash_file(directory / "b", 3); })->code() == san::Exit::failed);
}

TEST_CASE("an NVM image in a file") {
  const TempDir directory;
  NvmImage image = gigabit_image(0x1521);
  write_backup(directory / "card", image.file());
  const auto flash = open_nvm_file("nvm:card", directory / "card", {});
  flash->choose(san::boot::Priority::primary, 1);
  CHECK(read_flash_file(directory / "card", 1 << 20) == image.file());
  flash->commit();
  image.set_word(0x30, 0x0102);
  seal(image);
  CHECK(read_flash_file(directory / "card", 1 << 20) == image.file());
  CHECK(open_nvm_file("nvm:card", directory / "card", {})->verify().empty());
}
