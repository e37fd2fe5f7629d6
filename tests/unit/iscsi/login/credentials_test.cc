// SPDX-License-Identifier: Apache-2.0
#include "iscsi/login/credentials.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "block/device_checks.h"
#include "system/fd.h"

using namespace san;
using namespace san::iscsi;

namespace {

/// A secret file.
class File {
 public:
  explicit File(const std::string& content, mode_t mode = 0600) {
    path = "/tmp/sanboot-secret.XXXXXX";
    const int fd = mkstemp(path.data());
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    fchmod(fd, mode);
    close(fd);
  }
  ~File() { unlink(path.c_str()); }
  std::string path;
};

std::string unreadable(const std::string& path) {
  const auto error = error_of([&] { read_secret(path); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::usage);
  CHECK(error->object() == path);
  return error->what();
}

}  // namespace

TEST_CASE("the secret is the first line of its file") {
  CHECK(read_secret(File("secret123456\n").path) == "secret123456");
  CHECK(read_secret(File("secret123456").path) == "secret123456");
  CHECK(read_secret(File("secret123456\r\nmore\n").path) == "secret123456");
  CHECK(read_secret(File(" with blanks \n").path) == " with blanks ");
  CHECK(read_secret(File(std::string(255, 'x')).path) == std::string(255, 'x'));
  CHECK(read_secret(File("secret", 0400).path) == "secret");
}

TEST_CASE("secret files that will not do") {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0601U, 0666U}) {
    const File file("hunter2\n", mode);
    const std::string said = unreadable(file.path);
    CHECK(contains(said, "chmod 600"));
    CHECK_FALSE(contains(said, "hunter2"));
  }
  CHECK(contains(unreadable(File("").path), "holds no secret"));
  CHECK(contains(unreadable(File("\nsecond\n").path), "holds no secret"));
  CHECK(contains(unreadable(File(std::string(256, 'x')).path), "more than 255"));
  CHECK(contains(unreadable(File(std::string(5000, 'x')).path), "more than 255"));
  CHECK(contains(unreadable(File(std::string("s\0e\0c\0", 6)).path), "zero byte"));
  CHECK(contains(unreadable(File("\xEF\xBB\xBFsecret123456\n").path), "byte order mark"));
  CHECK(contains(unreadable("/nonexistent/secret"), "No such file"));
  CHECK(contains(unreadable("/tmp"), "cannot read"));
}

TEST_CASE("a pipe is a secret file too, whatever its mode says") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  REQUIRE(write(ends[1], "secret123456\n", 13) == 13);
  close(ends[1]);
  CHECK(read_secret("/dev/fd/" + std::to_string(ends[0])) == "secret123456");
  close(ends[0]);
}

TEST_CASE("a pipe may be filled bit by bit, and need not end behind its line") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::thread writer([&] {
    for (const char* part : {"secret", "123456", "\nmore"}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      CHECK(write(ends[1], part, std::strlen(part)) > 0);
    }
  });
  CHECK(read_secret("/dev/fd/" + std::to_string(ends[0])) == "secret123456");
  writer.join();
  CHECK(write(ends[1], std::string(5000, 'x').data(), 5000) == 5000);
  CHECK(contains(unreadable("/dev/fd/" + std::to_string(ends[0])), "more than 255"));
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a device is no secret file") {
  for (const char* device : {"/dev/zero", "/dev/null", "/dev/tty"})
    if (access(device, R_OK) == 0 && Fd(open(device, O_RDONLY)))
      CHECK(contains(unreadable(device), "is a device"));
}
