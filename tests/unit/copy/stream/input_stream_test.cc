// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/input_stream.h"

#include <fcntl.h>

#include <thread>

#include "copy/copy_checks.h"
#include "copy/pipe.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;

namespace {
const auto always = [] { return true; };
}

TEST_CASE("it fills the buffer whatever the size of the writes") {
  const Content content = random_bytes(300'001, 1);
  Pipe pipe(content, 777);
  InputStream stream("standard input", pipe.reader());
  CHECK(stream.name() == "standard input");
  Content got;
  while (true) {
    Content part(4096);
    const auto bytes = stream.read(part, always);
    REQUIRE(bytes);
    got.insert(got.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*bytes));
    if (*bytes < part.size()) break;
  }
  CHECK(got == content);
  Content more(10);
  CHECK(stream.read(more, always) == 0);
}

TEST_CASE("what was looked at ahead is read as well") {
  const Content content = random_bytes(10'000, 2);
  Pipe pipe(content, 100);
  InputStream stream("standard input", pipe.reader());
  const auto front = [&](std::size_t bytes) {
    const auto seen = stream.peek(bytes, always);
    return Content(seen.begin(), seen.end());
  };
  CHECK(front(512) == Content(content.begin(), content.begin() + 512));
  CHECK(front(100) == Content(content.begin(), content.begin() + 100));
  Content part(4096);
  CHECK(stream.read(std::span(part).first(300), always) == 300);
  CHECK(front(512) == Content(content.begin() + 300, content.begin() + 812));
  CHECK(stream.read(part, always) == 4096);
  CHECK(part == Content(content.begin() + 300, content.begin() + 4396));
  CHECK(front(20'000) == Content(content.begin() + 4396, content.end()));
  CHECK(front(20'000).size() == 10'000 - 4396);
  CHECK(stream.peek(30'000, [] { return false; }).empty());
  Content rest(20'000);
  CHECK(stream.read(rest, always) == 10'000 - 4396);
  CHECK(front(1).empty());
}

TEST_CASE("nothing wanted, nothing there") {
  Pipe pipe({}, 1);
  InputStream stream("standard input", pipe.reader());
  Content none, some(10);
  CHECK(stream.read(none, always) == 0);
  CHECK(stream.read(some, always) == 0);
}

TEST_CASE("it waits in steps, and stops when told to") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  InputStream stream("standard input", ends[0]);
  int asked = 0;
  Content buffer(100);
  CHECK(!stream.read(buffer, [&] { return ++asked < 3; }));
  CHECK(asked == 3);
  const auto error = error_of(
      [&] { stream.read(buffer, [&]() -> bool { throw Error(Exit::interrupted, "", "interrupted"); }); });
  REQUIRE(error);
  CHECK(error->code() == Exit::interrupted);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a descriptor that does not block is waited for") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  InputStream stream("standard input", ends[0]);
  std::thread writer([&] {
    std::this_thread::sleep_for(20ms);
    CHECK(write(ends[1], "abc", 3) == 3);
    close(ends[1]);
  });
  Content buffer(10);
  CHECK(stream.read(buffer, always) == 3);
  writer.join();
  close(ends[0]);
}

TEST_CASE("errors name the stream") {
  Content buffer(10);
  const TempDir dir;
  const int directory = open((dir / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(directory >= 0);
  InputStream stream("standard input", directory);
  auto error = error_of([&] { stream.read(buffer, always); });
  REQUIRE(error);
  CHECK(error->code() == Exit::failed);
  CHECK(std::string(error->what()) == "standard input: cannot read: Is a directory");
  close(directory);
  InputStream closed("standard input", directory);
  error = error_of([&] { closed.read(buffer, always); });
  REQUIRE(error);
  CHECK(error->cause() == "cannot read: Bad file descriptor");
}
