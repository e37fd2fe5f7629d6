// SPDX-License-Identifier: Apache-2.0
#include "block/file/output_stream.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "block/device_checks.h"
#include "core/units.h"
#include "system/fd.h"

using namespace san;

namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
  Fd out, in;
};

std::vector<std::byte> read_all(int fd) {
  std::vector<std::byte> all, part(65536);
  for (ssize_t got = 1; got > 0;) {
    got = read(fd, part.data(), part.size());
    all.insert(all.end(), part.begin(), part.begin() + std::max<ssize_t>(got, 0));
  }
  return all;
}

}  // namespace

TEST_CASE("a stream gets everything in order, and no padding") {
  Pipe ends;
  auto expected = random_bytes(3 * MiB, 1);
  std::fill(expected.begin() + MiB, expected.begin() + 2 * MiB, std::byte{0});
  std::vector<std::byte> got;
  std::thread reader([&] { got = read_all(ends.out.get()); });
  {
    const auto device = open_output_stream("standard output", ends.in.get(), std::nullopt);
    std::atomic<int> done{0};
    const auto completion = [&](const Error* error) { done += error == nullptr ? 1 : 100; };
    device->write(2 * MiB, std::span(expected).subspan(2 * MiB), completion);
    device->zero(MiB, MiB, completion);
    CHECK(done == 0);
    device->write(0, std::span(expected).first(MiB), completion);
    while (done < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(done == 3);
    device->finish(3 * MiB - 100);
    flush_wait(*device);
  }
  ends.in = Fd();
  reader.join();
  expected.resize(3 * MiB - 100);
  CHECK(got == expected);
}

TEST_CASE("a reader that goes away, and one that stands still") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe gone;
  const auto device = open_output_stream("standard output", gone.in.get(), MiB);
  gone.out = Fd();
  const auto data = random_bytes(MiB, 1);
  const auto error = error_of([&] { write_wait(*device, 0, data); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::failed);
  CHECK(contains(error->what(), "has ended"));

  Pipe still;
  const auto stuck = open_output_stream("standard output", still.in.get(), MiB);
  std::atomic<int> ended{0};
  stuck->write(0, data, [&](const Error* e) { ended = e != nullptr ? 1 : 2; });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(ended == 0);
  stuck->cancel();
  for (int i = 0; i < 2000 && ended == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(ended == 1);
}
