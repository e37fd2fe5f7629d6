// SPDX-License-Identifier: Apache-2.0
// A LUN of a target in another process that answers as its rules say.
#include "iscsi/device/lun_device.h"

#include <doctest/doctest.h>

#include <chrono>

#include "child.h"
#include "lun_checks.h"

using namespace san;
using namespace san::test;
using san::iscsi::open_lun;

namespace {

using Clock = std::chrono::steady_clock;

/// All of it, in pieces of 1 MiB.
std::vector<std::byte> content_of(ReadableDevice& device) {
  std::vector<std::byte> content(device.size());
  for (std::size_t at = 0; at < content.size(); at += MiB)
    read_wait(device, at, std::span(content).subspan(at, std::min<std::size_t>(MiB, content.size() - at)));
  return content;
}

/// Writes random data to a LUN of a target that obeys `rules`; they arrive whatever the rules say.
void check_survives(std::vector<std::string> rules, const char* operation, const char* outcome,
                    unsigned sessions = 1, std::size_t piece = 256 * KiB) {
  const LogTap quiet;
  std::vector<std::string> options = {"--size", "8M", "--fill", "aa"};
  for (const std::string& rule : rules) options.insert(options.end(), {"--rule", rule});
  const Child target(options);
  const auto device = open_lun(target.url(), kMe, hasty(sessions));
  const auto content = random_bytes(8 * MiB, 5);
  const auto errors = write_all(*device, content, piece);
  for (const Error& error : errors) MESSAGE(std::string(error.what()));
  CHECK(errors.empty());
  flush_wait(*device);
  CHECK((content_of(*device) == content));
  CHECK(target.logged(operation, outcome) > 0);
  CHECK(target.logged("protocol-error") == 0);
}

void check_fails(const std::optional<Error>& error, Exit code, const char* part) {
  REQUIRE(error.has_value());
  CAPTURE(error->what());
  CHECK(error->code() == code);
  CHECK(contains(error->what(), part));
}

}  // namespace

TEST_CASE("an honest target, by all of its commands") {
  for (const std::string block_size : {"512", "4096"})
    for (const unsigned sessions : {1U, 3U}) {
      const Child target({"--size", "4M", "--fill", "aa", "--block-size", block_size, "--thin"});
      const auto device = open_lun(target.url(), kMe, hasty(sessions));
      CHECK(device->size() == 4 * MiB);
      CHECK(device->limits().logical_block == std::stoul(block_size));
      CHECK(device->limits().unmap_granularity == device->limits().logical_block);
      CHECK_FALSE(device->read_only());
      check_refuses_bad_ranges(*device);

      auto content = std::vector<std::byte>(4 * MiB, std::byte{0xAA});
      CHECK((content_of(*device) == content));
      const auto data = random_bytes(MiB, sessions);
      write_wait(*device, MiB, data);
      std::copy(data.begin(), data.end(), content.begin() + MiB);
      zero_wait(*device, 2 * MiB, MiB);
      std::fill_n(content.begin() + 2 * MiB, MiB, std::byte{0});
      unmap_wait(*device, 0, MiB);
      std::fill_n(content.begin(), MiB, std::byte{0});
      flush_wait(*device);
      CHECK((content_of(*device) == content));
      const auto extents = device->extents(0, 4 * MiB);
      check_cover(extents, 0, 4 * MiB);
      CHECK(extents.front() == Extent{0, MiB, Extent::Kind::zero});
      CHECK(extents.back().kind == Extent::Kind::data);
    }
}

TEST_CASE("what is empty is done") {
  const Child target({"--size", "1M", "--fill", "aa", "--thin=lbprz,lbpws"});
  const auto device = open_lun(target.url(), kMe, hasty());
  read_wait(*device, 0, {});
  write_wait(*device, 0, {});
  zero_wait(*device, 0, 0);
  // WRITE SAME of 0 blocks goes to the end of the medium (SBC-3, 5.50).
  unmap_wait(*device, 0, 0);
  CHECK((content_of(*device) == std::vector<std::byte>(MiB, std::byte{0xAA})));
}

TEST_CASE("requests beyond the limits are refused, not cut") {
  const Child target({"--size", "16M", "--fill", "aa", "--thin"});
  const auto device = open_lun(target.url(), kMe, hasty());
  std::vector<std::byte> large(device->limits().max_transfer + 512);
  // Before they are sent, so in this call; read_wait() and write_wait() would cut them.
  std::optional<Error> refusal;
  const auto done = [&](const Error* error) {
    refusal = error != nullptr ? std::optional(*error) : std::nullopt;
  };
  device->read(0, large, done);
  check_fails(refusal, Exit::failed, "more than");
  refusal.reset();
  device->write(0, large, done);
  check_fails(refusal, Exit::failed, "more than");
  const Child thick({"--size", "1M", "--fill", "aa"});
  const auto other = open_lun(thick.url(), kMe, hasty());
  check_fails(error_of([&] { unmap_wait(*other, 0, 512); }), Exit::failed, "unmap");
}

TEST_CASE("a target that is busy, full or reset for a while") {
  check_survives({"op=write,count=20,action=busy"}, "write", "busy");
  check_survives({"op=write,count=20,action=busy"}, "write", "busy", 2);
  check_survives({"op=write,skip=3,count=12,action=full"}, "write", "full");
  check_survives({"op=write,skip=3,count=12,action=full"}, "write", "full", 3, 512 * KiB);
  check_survives({"op=any,count=1,every-login=1,action=ua"}, "", "06/29/00", 3);
  check_survives({"op=write,skip=2,count=3,action=sense:0B/00/00"}, "write", "0B/00/00");
  check_survives({"op=write,count=1,action=sense:02/04/01"}, "write", "02/04/01");
  check_survives({"op=inquiry,count=1,action=busy", "op=readcap,count=2,action=busy"}, "inquiry", "busy");
}

TEST_CASE("lost connections: in the middle of writes, reads and logins") {
  check_survives({"op=write,skip=10,count=3,action=drop"}, "write", "dropped");
  check_survives({"op=write,skip=10,count=3,action=drop"}, "write", "dropped", 3);
  check_survives({"op=write,skip=10,count=1,action=drop", "op=login,skip=1,count=2,action=drop"}, "login",
                 "dropped");
  check_survives({"op=read,skip=2,count=2,action=drop"}, "read", "dropped", 2, MiB);
}

TEST_CASE("a command that is never answered is sent again") {
  check_survives({"op=write,skip=4,count=1,action=hang"}, "write", "hung", 1, MiB);
  check_survives({"op=read,skip=2,count=1,action=hang"}, "read", "hung", 2, MiB);
  // An answer to the repetition that takes several round trips must be waited for too.
  check_survives({"op=write,count=1,action=hang", "op=write,skip=1,count=1,action=delay:700"}, "write",
                 "hung", 1, 8 * MiB);
}

TEST_CASE("an iSCSI Reject ends the session, not the request") {
  check_survives({"op=write,skip=2,count=1,action=reject"}, "write", "rejected");
  const Child target({"--size", "1M", "--rule", "op=write,action=reject"});
  const auto device = open_lun(target.url(), kMe, hasty());
  const auto began = Clock::now();
  check_fails(error_of([&] { write_wait(*device, 0, random_bytes(4096, 1)); }), Exit::failed, "no progress");
  CHECK(Clock::now() - began < std::chrono::seconds(12));
  // It was not tried as fast as the machine can.
  CHECK(target.logged("login") < 40);
}

TEST_CASE("failures are told in words") {
  const auto failure = [](const std::string& action, auto&& work) {
    const Child target({"--size", "1M", "--rule", action});
    const auto device = open_lun(target.url(), kMe, hasty());
    auto error = error_of([&] { work(*device); });
    // A refused write costs nobody the session, once all of its data have been sent.
    CHECK(target.logged("login", "good") == 1);
    return error;
  };
  const auto write = [](Device& device) { write_wait(device, 0, random_bytes(64 * KiB, 1)); };
  const auto read = [](Device& device) { read_bytes(device, 0, 4096); };
  check_fails(failure("op=write,action=sense:03/0C/00", write), Exit::failed,
              "a write error (sense 3/0C/00)");
  check_fails(failure("op=write,action=nosense", write), Exit::failed, "without sense data");
  check_fails(failure("op=write,action=sense:07/27/00", write), Exit::refused, "write protected");
  check_fails(failure("op=write,action=sense:07/27/07", write), Exit::failed, "pool behind the LUN is full");
  check_fails(failure("op=write,action=conflict", write), Exit::refused, "RESERVATION CONFLICT");
  check_fails(failure("op=read,action=sense:03/11/00", read), Exit::failed, "unrecovered read error");
  check_fails(failure("op=read,action=nosense", read), Exit::failed, "without sense data");
  check_fails(failure("op=read,action=short", read), Exit::failed, "2048 bytes too few");
  check_fails(failure("op=write,action=short", write), Exit::failed, "32768 bytes too few");
  check_fails(failure("op=sync,action=sense:04/44/00", [](Device& device) { flush_wait(device); }),
              Exit::failed, "flush failed: an internal failure of the target");
}

TEST_CASE("a target that stays busy is given up, and the message says so") {
  LogTap log;
  const Child target({"--size", "1M", "--rule", "op=write,action=busy"});
  const auto device = open_lun(target.url(), kMe, hasty());
  check_fails(error_of([&] { write_wait(*device, 0, random_bytes(4096, 1)); }), Exit::failed, "(BUSY)");
  CHECK(log.saw("no progress for"));
  CHECK(log.saw("the target is busy (BUSY); pending: write of 4.0 KiB"));
}

TEST_CASE("a target that is gone is waited for, then given up") {
  LogTap log;
  auto target = std::make_optional<Child>(std::vector<std::string>{"--size", "1M"});
  const auto device = open_lun(target->url(), kMe, hasty());
  target.reset();
  check_fails(error_of([&] { write_wait(*device, 0, random_bytes(4096, 1)); }), Exit::failed,
              "Connection refused; pending: write of 4.0 KiB");
  CHECK(log.saw("waiting up to 8 s"));
  // From now on nothing is waited for.
  check_fails(error_of([&] { read_bytes(*device, 0, 512); }), Exit::failed, "Connection refused");
}

TEST_CASE("WRITE SAME that is unknown becomes data") {
  const Child target({"--size", "4M", "--fill", "aa", "--rule", "op=writesame,action=sense:05/20/00"});
  const auto device = open_lun(target.url(), kMe, hasty());
  zero_wait(*device, 0, 4 * MiB);
  zero_wait(*device, 0, 4 * MiB);
  CHECK((content_of(*device) == std::vector<std::byte>(4 * MiB)));
  CHECK(target.logged("writesame") == 1);
  CHECK(target.logged("login") == 1);
}

TEST_CASE("UNMAP that is ignored is no failure, and shows when read back") {
  const Child target({"--size", "4M", "--fill", "aa", "--thin", "--rule", "op=unmap,action=ignore"});
  const auto device = open_lun(target.url(), kMe, hasty());
  CHECK_FALSE(device->limits().unmap_guaranteed);
  unmap_wait(*device, 0, 4 * MiB);
  CHECK(read_bytes(*device, 0, 512) == std::vector<std::byte>(512, std::byte{0xAA}));
}

TEST_CASE("READ(16) and WRITE(16) that are unknown become (10)") {
  const Child target(
      {"--size", "4M", "--rule", "op=0x88,action=sense:05/20/00", "--rule", "op=0x8a,action=sense:05/20/00"});
  const auto device = open_lun(target.url(), kMe, hasty());
  const auto content = random_bytes(4 * MiB, 3);
  CHECK(write_all(*device, content).empty());
  CHECK((content_of(*device) == content));
}

TEST_CASE("SYNCHRONIZE CACHE(16) that is unknown becomes (10), and only then it may be missing") {
  const Child ten({"--size", "1M", "--rule", "op=0x91,action=sense:05/20/00"});
  flush_wait(*open_lun(ten.url(), kMe, hasty()));
  CHECK(ten.logged("sync", "good") == 1);
  // A write cache, or none known of, and no way to empty it.
  for (const char* rule : {"op=sync,action=sense:05/20/00", "op=modesense,action=sense:05/24/00"}) {
    const Child none({"--size", "1M", "--rule", "op=sync,action=sense:05/20/00", "--rule", rule});
    const auto device = open_lun(none.url(), kMe, hasty());
    check_fails(error_of([&] { flush_wait(*device); }), Exit::failed, "does not know SYNCHRONIZE CACHE");
  }
}

TEST_CASE("GET LBA STATUS that is unknown: nothing is known") {
  const Child target({"--size", "4M", "--thin", "--rule", "op=lbastatus,action=sense:05/20/00"});
  const auto device = open_lun(target.url(), kMe, hasty());
  CHECK(device->extents(0, 4 * MiB) == std::vector<Extent>{{0, 4 * MiB, Extent::Kind::unknown}});
  device->extents(0, 4 * MiB);
  CHECK(target.logged("lbastatus") == 1);
}

TEST_CASE("a deallocated run that cannot be read is no hole") {
  const Child target({"--size", "4M", "--thin", "--rule", "op=read,action=sense:03/11/00"});
  const auto device = open_lun(target.url(), kMe, hasty());
  CHECK(device->extents(0, 4 * MiB) == std::vector<Extent>{{0, 4 * MiB, Extent::Kind::data}});
}

TEST_CASE("a block size that is not what READ CAPACITY said") {
  // Blocks of 512 bytes, says READ CAPACITY(16); they have 4096.
  const Child target({"--size", "4M", "--block-size", "4096", "--capacity-raw", "0000000000001fff00000200"});
  const auto device = open_lun(target.url(), kMe, hasty());
  check_fails(error_of([&] { read_bytes(*device, 0, 4096); }), Exit::failed, "too many");
  check_fails(error_of([&] { write_wait(*device, 0, random_bytes(4096, 1)); }), Exit::failed, "too many");
}

TEST_CASE("cancelled and destroyed with requests under way") {
  for (const bool cancel : {true, false}) {
    const Child target({"--size", "8M", "--rule", "op=write,skip=3,action=hang"});
    auto device = open_lun(target.url(), kMe, hasty(3, 4));
    Waiter waiter;
    const auto data = random_bytes(256 * KiB, 1);
    for (std::uint64_t i = 0; i < 32; ++i) device->write(i * data.size(), data, waiter.next());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto began = Clock::now();
    if (cancel) device->cancel();
    if (!cancel) device.reset();
    const auto errors = waiter.wait();
    CHECK(errors.size() >= 29);
    CHECK(errors.front().code() == Exit::interrupted);
    CHECK(Clock::now() - began < std::chrono::seconds(2));
    device.reset();
  }
}

TEST_CASE("destroyed while its sessions give requests back to each other") {
  const Child target({"--size", "8M", "--rule", "op=write,action=busy"});
  const auto data = random_bytes(4096, 1);
  for (int round = 0; round < 30; ++round) {
    auto device = open_lun(target.url(), kMe, hasty(4, 4));
    Waiter waiter;
    for (std::uint64_t i = 0; i < 64; ++i) device->write(i * data.size(), data, waiter.next());
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + round));
    device.reset();
    CHECK(waiter.wait().size() == 64);
  }
}

TEST_CASE("what cannot be opened") {
  const auto opening = [](const std::vector<std::string>& options) {
    const Child target(options);
    return error_of([&] { open_lun(target.url(), kMe, hasty()); });
  };
  check_fails(opening({"--lun", "2"}), Exit::failed, "no such LUN");
  check_fails(opening({"--rule", "op=tur,action=conflict"}), Exit::refused, "RESERVATION CONFLICT");
  check_fails(opening({"--rule", "op=readcap,action=sense:03/11/00"}), Exit::failed, "read the capacity");
  check_fails(opening({"--capacity-raw", "ffffffffffffffff00000200"}), Exit::failed, "makes no sense");
  check_fails(opening({"--capacity-raw", "0000"}), Exit::failed, "makes no sense");
  check_fails(opening({"--rule", "op=readcap,action=drop"}), Exit::failed, "the connection was lost");
  // What is not asked for twice must not be missing because the connection was.
  check_fails(opening({"--rule", "op=inquiry,skip=3,action=drop"}), Exit::failed, "the connection was lost");
}
