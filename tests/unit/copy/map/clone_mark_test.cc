// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_mark.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <random>

#include "block/zero_detection.h"

using namespace san;
using namespace san::copy;

namespace {

CloneMark example() {
  CloneMark mark;
  mark.run = Token::random();
  mark.epoch = {Token::random(), 12345678901234};
  mark.writer = this_process();
  mark.since = 1'700'000'000;
  mark.beat = 99;
  return mark;
}

}  // namespace

TEST_CASE("a mark survives, in blocks of any size") {
  const CloneMark mark = example();
  for (const std::size_t block : {512, 4096}) {
    const auto bytes = write_mark(mark, block);
    CHECK(bytes.size() == block);
    CHECK(read_mark(bytes) == mark);
    CHECK(all_zero(std::span(bytes).subspan(kMarkBytes)));
    CHECK(std::string_view(reinterpret_cast<const char*>(bytes.data())).starts_with("Written by sanclone: "));
  }
}

TEST_CASE("every changed byte is noticed, and what is short is no mark") {
  const auto bytes = write_mark(example(), kMarkBytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto other = bytes;
    other[at] ^= std::byte{0x10};
    CHECK(!read_mark(other));
  }
  CHECK(!read_mark(std::span(bytes).first(kMarkBytes - 1)));
  CHECK(!read_mark({}));
  CHECK(!read_mark(std::vector<std::byte>(kMarkBytes)));
}

TEST_CASE("a host name of another's making is not printed as it is") {
  CloneMark mark = example();
  mark.writer.host = "a\x1b[2Jb\n\x7f";
  const auto found = read_mark(write_mark(mark, kMarkBytes));
  REQUIRE(found);
  CHECK(found->writer.host == "a?[2Jb??");
  mark.writer.host = std::string(200, 'x');
  CHECK(read_mark(write_mark(mark, kMarkBytes))->writer.host == std::string(WriterProcess::kMaxHost, 'x'));
}

TEST_CASE("tokens differ") {
  CHECK(Token::random() != Token::random());
  CHECK(!Token::random().is_zero());
  CHECK(Token().is_zero());
}

TEST_CASE("this process runs; others are told apart, or not known") {
  const WriterProcess here = this_process();
  CHECK(here.pid == static_cast<std::uint32_t>(getpid()));
  CHECK(here.ticks != 0);
  CHECK(runs(here) == true);
  WriterProcess other = here;
  other.ticks += 1;
  CHECK(runs(other) == false);
  other = here;
  other.host += "x";
  CHECK(!runs(other));
  other = here;
  other.boot[3] ^= 1;
  CHECK(!runs(other));
  other = here;
  ++other.pid_namespace;
  CHECK(!runs(other));
  CHECK(to_string(here).starts_with("process "));
  CHECK(to_string(WriterProcess()) == "process 0 on an unnamed host");
}
