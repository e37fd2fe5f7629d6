// SPDX-License-Identifier: Apache-2.0
#include "system/file_io.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>

#include "block/device_checks.h"
#include "core/units.h"
#include "system/fd.h"
#include "system/machine.h"

using namespace san;

TEST_CASE("reads are whole, or say how far they came") {
  const TempDir dir;
  const auto content = random_bytes(10000, 1);
  const Fd fd = open_path(dir.file("file", content), O_RDONLY);
  std::vector<std::byte> bytes(9000);
  const Transfer whole = read_fully(fd.get(), 1000, bytes);
  CHECK(whole.bytes == 9000);
  CHECK(whole.error == 0);
  CHECK(std::equal(bytes.begin(), bytes.end(), content.begin() + 1000));
  const Transfer cut = read_fully(fd.get(), 5000, bytes);
  CHECK(cut.bytes == 5000);
  CHECK(cut.error == 0);
  CHECK(read_fully(fd.get(), 20000, bytes).bytes == 0);
  CHECK(read_fully(-1, 0, bytes).error == EBADF);
}

TEST_CASE("a write that the kernel cuts short goes on until it is whole or fails") {
  const TempDir dir;
  const Fd fd = open_path(dir.file("file", {}), O_RDWR);
  const auto content = random_bytes(10000, 2);
  // With a file limit, the kernel first writes up to it and only then fails.
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &old) == 0);
  const rlimit small = {6000, old.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const Transfer cut = write_fully(fd.get(), 0, content);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(cut.bytes == 6000);
  CHECK(cut.error == EFBIG);
  CHECK(write_fully(fd.get(), 6000, std::span(content).subspan(6000)).bytes == 4000);
  std::vector<std::byte> back(10000);
  CHECK(read_fully(fd.get(), 0, back).bytes == 10000);
  CHECK(back == content);
}

TEST_CASE("a full device is ENOSPC") {
  const Fd full = open_path("/dev/full", O_WRONLY);
  CHECK(write_fully(full.get(), 0, random_bytes(10, 1)).error == ENOSPC);
}

TEST_CASE("errors say what, where, why and what next") {
  CHECK(std::string(io_error("disk.img", "write", MiB, 512, ENOSPC).what()) ==
        "disk.img: cannot write 512 B at 1.0 MiB (bytes 1048576 to 1049087): no space is left on what stores "
        "it; make "
        "room there or choose another place, and run the command again");
  CHECK(contains(io_error("/dev/sda", "read", 0, 512, EIO).what(),
                 "Input/output error; the kernel's log (dmesg)"));
  CHECK(contains(io_error("x", "write", 0, 512, EDQUOT).what(), "quota"));
  CHECK(contains(io_error("x", "write", 0, 512, EFBIG).what(), "ulimit -f"));
  CHECK(contains(io_error("x", "write", 0, 512, EPERM).what(), "Operation not permitted"));
}

TEST_CASE("files never get the numbers of stdin, stdout and stderr") {
  const int saved = dup(STDIN_FILENO);
  REQUIRE(saved >= 0);
  close(STDIN_FILENO);
  const Fd fd = open_path("/dev/null", O_RDONLY);
  CHECK(fd.get() > STDERR_FILENO);
  CHECK(fcntl(STDIN_FILENO, F_GETFD) == -1);
  dup2(saved, STDIN_FILENO);
  close(saved);
  CHECK_FALSE(open_path("/does/not/exist", O_RDONLY));
}
