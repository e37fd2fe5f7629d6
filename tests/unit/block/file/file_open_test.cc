// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_open.h"

#include <doctest/doctest.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "block/device_checks.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"
#include "system/machine.h"

using namespace san;
namespace fs = std::filesystem;

namespace {

const FileOptions kRead;
const FileOptions kWrite{.writable = true};

FileOptions create(std::uint64_t size, FileOptions::Resize resize = FileOptions::Resize::exact) {
  return {.writable = true, .create_size = size, .resize = resize};
}

std::optional<Error> open_error(const std::string& path, const FileOptions& options) {
  return error_of([&] { open_file(path, options); });
}

void check_error(const std::optional<Error>& error, Exit code, const std::string& cause) {
  REQUIRE(error.has_value());
  CHECK(error->code() == code);
  CHECK_MESSAGE(contains(error->cause(), cause), error->what());
}

}  // namespace

TEST_CASE("paths that are no disk are named for what they are") {
  const TempDir dir;
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  const int socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (dir / "socket").c_str(), sizeof(address.sun_path) - 1);
  REQUIRE(bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  close(socket_fd);
  for (const FileOptions& options : {kRead, kWrite, create(4096)}) {
    check_error(open_error(dir.path(), options), Exit::usage, "is a directory");
    check_error(open_error(dir / "pipe", options), Exit::usage, "is a named pipe");
    check_error(open_error(dir / "socket", options), Exit::usage, "is a socket");
    check_error(open_error("/dev/zero", options), Exit::usage, "is a character device");
    check_error(open_error("", options), Exit::usage, "the path is empty");
  }
}

TEST_CASE("what does not exist") {
  const TempDir dir;
  check_error(open_error(dir / "none", kRead), Exit::usage, "does not exist");
  check_error(open_error(dir / "none", kWrite), Exit::usage, "does not exist");
  CHECK_FALSE(fs::exists(dir / "none"));
  check_error(open_error(dir / "no/such", create(4096)), Exit::usage,
              "the directory of this file does not exist");
  fs::create_symlink(dir / "none", dir / "link");
  check_error(open_error(dir / "link", create(4096)), Exit::usage, "symbolic link");
  check_error(open_error(dir.file("file", {}) + "/below", create(4096)), Exit::usage, "does not exist");
}

TEST_CASE("a new file is a private hole of the wanted size") {
  const TempDir dir;
  const auto device = open_file(dir / "new", create(10 * MiB + 1));
  CHECK(device->name() == dir / "new");
  CHECK(device->size() == 10 * MiB + 512);
  CHECK_FALSE(device->read_only());
  CHECK_NOTHROW(flush_wait(*device));
  struct stat status = {};
  REQUIRE(stat((dir / "new").c_str(), &status) == 0);
  CHECK(status.st_size == 10 * MiB + 512);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(status.st_blocks < 64);
}

TEST_CASE("an existing file keeps its content and gets the wanted size") {
  const TempDir dir;
  const auto content = random_bytes(8192, 1);
  const std::string path = dir.file("file", content);
  SUBCASE("extended, exact") {
    const auto device = open_file(path, create(65536));
    CHECK(device->size() == 65536);
    CHECK_NOTHROW(flush_wait(*device));
  }
  SUBCASE("extended, at least") {
    const auto device = open_file(path, create(65536, FileOptions::Resize::at_least));
    CHECK(device->size() == 65536);
    CHECK_NOTHROW(flush_wait(*device));
  }
  SUBCASE("larger, at least") {
    CHECK(open_file(path, create(4096, FileOptions::Resize::at_least))->size() == 8192);
  }
  SUBCASE("larger, exact") {
    CHECK(open_file(path, create(4096))->size() == 4096);
    CHECK(fs::file_size(path) == 4096);
  }
  SUBCASE("no size wanted") {
    CHECK(open_file(path, kWrite)->size() == 8192);
  }
  const auto device = open_file(path, kRead);
  const auto begin = read_bytes(*device, 0, 4096);
  CHECK(std::equal(begin.begin(), begin.end(), content.begin()));
  CHECK(fs::file_size(path) == device->size());
}

TEST_CASE("a file that ends within a block is extended when it is opened for writing") {
  const TempDir dir;
  const std::string path = dir.file("odd", random_bytes(700, 1));
  CHECK(open_file(path, kRead)->size() == 1024);
  CHECK(fs::file_size(path) == 700);
  const auto device = open_file(path, kWrite);
  CHECK(device->size() == 1024);
  CHECK(fs::file_size(path) == 1024);
}

TEST_CASE("what was opened and then left alone is as it was") {
  const TempDir dir;
  const std::string fresh = dir / "new", old = dir.file("old", random_bytes(700, 1));
  const auto use = [](const std::string& path, auto&& work) {
    const auto device = open_file(path, create(8192, FileOptions::Resize::at_least));
    CHECK(device->size() == 8192);
    std::vector<std::byte> block(512);
    read_wait(*device, 0, block);
    work(*device);
  };
  SUBCASE("only read") {
    for (const std::string& path : {fresh, old}) use(path, [](Device&) {});
    CHECK_FALSE(fs::exists(fresh));
    CHECK(fs::file_size(old) == 700);
  }
  const auto stays = [&](auto&& work) {
    for (const std::string& path : {fresh, old}) {
      use(path, work);
      CHECK(fs::exists(path));
      CHECK(fs::file_size(path) == 8192);
    }
  };
  SUBCASE("written") {
    stays([](Device& device) { write_wait(device, 0, std::vector<std::byte>(512)); });
  }
  SUBCASE("zeroed") {
    stays([](Device& device) { zero_wait(device, 0, 512); });
  }
  SUBCASE("unmapped") {
    stays([](Device& device) { unmap_wait(device, 0, 4096); });
  }
  SUBCASE("flushed") {
    stays([](Device& device) { flush_wait(device); });
  }
  SUBCASE("resized") {
    stays([](Device& device) { device.resize(8192); });
  }
}

TEST_CASE("sizes that no file can have") {
  const TempDir dir;
  check_error(open_error(dir / "huge", create(std::uint64_t{1} << 63)), Exit::usage,
              "cannot be 8.0 EiB large");
  CHECK_FALSE(fs::exists(dir / "huge"));
  // Less than that, but more than file systems take: what was created for it goes away again.
  const auto error = open_error(dir / "huge", create((std::uint64_t{1} << 63) - 512));
  if (error) {
    check_error(error, Exit::failed, "its file system holds no file of 8.0 EiB");
    CHECK_FALSE(fs::exists(dir / "huge"));
  }
}

TEST_CASE("one file has one writer, or readers") {
  const TempDir dir;
  const std::string path = dir.sparse_file("file", 8192);
  std::vector<std::string> warnings;
  log::set_sink([&](log::Level, std::string_view text) { warnings.emplace_back(text); });
  {
    const auto writer = open_file(path, kWrite);
    const auto second = open_error(path, create(4096));
    check_error(second, Exit::refused, "another program holds a lock on the file");
    CHECK(second->hint_id() == HintId::force_in_use);
    CHECK(fs::file_size(path) == 8192);
    check_error(open_error(path, kRead), Exit::refused, "another program holds a lock on the file");
    CHECK(warnings.empty());
    CHECK_NOTHROW(open_file(path, {.writable = true, .force_in_use = true}));
    CHECK(warnings.size() == 1);
  }
  const auto reader = open_file(path, kRead);
  CHECK_NOTHROW(open_file(path, kRead));
  check_error(open_error(path, kWrite), Exit::refused, "another program holds a lock on the file");
  log::set_sink({});
}

TEST_CASE("a file that a QEMU program has open") {
  if (!have("qemu-io")) {
    MESSAGE("skipped: needs qemu-io");
    return;
  }
  const TempDir dir;
  const std::string path = dir.sparse_file("image", MiB);
  const auto while_open = [&](const std::string& how, auto&& check) {
    // It says that it has opened the file, and ends with its input.
    std::FILE* qemu =
        popen(("qemu-io -f raw " + how + " " + path + " > " + dir / "out" + " 2>&1").c_str(), "w");
    REQUIRE(qemu != nullptr);
    fputs("length\n", qemu);
    fflush(qemu);
    for (int i = 0; i < 200 && !run("grep -q 1 " + dir / "out"); ++i) usleep(20000);
    check();
    pclose(qemu);
  };
  while_open("", [&] {
    check_error(open_error(path, kWrite), Exit::refused, "another QEMU program has it open");
    check_error(open_error(path, kRead), Exit::refused, "another QEMU program has it open");
  });
  while_open("-r", [&] {
    check_error(open_error(path, kWrite), Exit::refused, "another QEMU program has it open");
    CHECK_NOTHROW(open_file(path, kRead));
  });
  CHECK_NOTHROW(open_file(path, kWrite));
}

TEST_CASE("files that may not be opened") {
  if (geteuid() == 0) {
    MESSAGE("skipped: root may open everything");
    return;
  }
  const TempDir dir;
  const std::string path = dir.sparse_file("file", 512);
  REQUIRE(chmod(path.c_str(), 0400) == 0);
  check_error(open_error(path, kWrite), Exit::failed, "cannot open it for writing: Permission denied");
  REQUIRE(chmod(path.c_str(), 0) == 0);
  check_error(open_error(path, kRead), Exit::failed, "cannot open it: Permission denied");
}
