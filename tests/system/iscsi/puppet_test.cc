// SPDX-License-Identifier: Apache-2.0
// What no rule of fake_target can say: targets that break the protocol, or use the odd corners of it.
#include "puppet.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>

#include "iscsi/connection/connection.h"
#include "puppet_checks.h"

using namespace san;
using namespace san::test;
using fake::Op;
using san::iscsi::open_lun;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Counts what comes late, and looks whether it is of a buffer that is gone: write_all() fills those with
/// 55h.
std::function<void(const fake::Buffer&)> late_counter(std::atomic<int>& late, std::atomic<int>& stale) {
  return [&](const fake::Buffer& data) {
    ++late;
    const auto gone = std::count(data.begin(), data.end(), std::byte{0x55});
    if (static_cast<std::size_t>(gone) > data.size() / 2) ++stale;
  };
}

}  // namespace

TEST_CASE("a write answered before its data are taken: refused") {
  std::atomic<int> late{0}, stale{0};
  Script script = on_command([](Stage& stage, const fake::Request& request, const fake::Command& command) {
    if (command.op != Op::write || command.lba == 0) return false;
    answer_early(stage, request, 0x02, fake::Sense{0x03, 0x0c, 0x00});
    return true;
  });
  script.receive_buffer = 4096;
  script.late_data = late_counter(late, stale);
  Puppet puppet(script);
  const auto device = open_lun(puppet.url(), kMe, hasty());
  const auto content = random_bytes(16 * MiB, 4);
  const auto errors = write_all(*device, content, 8 * MiB);
  REQUIRE(errors.size() == 1);
  CHECK(contains(errors[0].what(), "write of 8.0 MiB at 8.0 MiB"));
  CHECK(contains(errors[0].what(), "a write error"));
  CHECK(puppet.protocol_errors() == 0);
  CHECK(late == 8 * MiB / 8192);
  CHECK(stale == 0);
  // The PDU of a command that libiscsi forgets half sent can only be one with data.
  CHECK(puppet.immediate_data() == 0);
  CHECK(puppet.logins() == 1);
  const auto now = puppet.content();
  CHECK(std::equal(content.begin(), content.begin() + 8 * MiB, now.begin()));
}

TEST_CASE("a write answered before its data are taken: to be repeated") {
  for (const unsigned sessions : {1U, 3U})
    for (const std::uint8_t status : {std::uint8_t{0x08}, std::uint8_t{0x28}, std::uint8_t{0x02}}) {
      std::atomic<int> count{0}, late{0}, stale{0};
      Script script =
          on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
            if (command.op != Op::write || command.lba != 0 || ++count > 2) return false;
            answer_early(stage, request, status,
                         status == 0x02 ? std::optional(fake::Sense{0x06, 0x29, 0x00}) : std::nullopt);
            return true;
          });
      script.receive_buffer = 4096;
      script.late_data = late_counter(late, stale);
      Puppet puppet(script);
      check_writes_arrive(puppet, hasty(sessions), 8 * MiB);
      CHECK(count == 3);
      CHECK(late == 2 * 8 * MiB / 8192);
      CHECK(stale == 0);
      // The stream stayed in step, so no session had to go.
      CHECK(puppet.logins() <= sessions);
    }
}

TEST_CASE("the command window shrinks, closes, and opens again") {
  std::atomic<int> count{0};
  Puppet puppet(on_command([&](Stage& stage, const fake::Request&, const fake::Command& command) {
    if (command.op != Op::write) return false;
    const int now = ++count;
    if (now == 3) stage.window = 2;
    if (now == 6) {
      // MaxCmdSN = ExpCmdSN - 1: nothing may be sent but immediate PDUs.
      stage.window = 0;
      stage.wire.send(stage.reply(fake::kNoTag, fake::opcode::nop_in, false));
      std::this_thread::sleep_for(milliseconds(300));
      stage.window = 1;
      stage.wire.send(stage.reply(fake::kNoTag, fake::opcode::nop_in, false));
    }
    if (now == 9) stage.window = 64;
    return false;
  }));
  check_writes_arrive(puppet, hasty());
  CHECK(puppet.logins() == 1);
}

TEST_CASE("a slow flush through a window of one command costs no session") {
  // While the flush is under way the window is closed, and holds back the NOP-Out that asks for a sign of
  // life.
  Script script = on_command([](Stage&, const fake::Request&, const fake::Command& command) {
    if (command.op == Op::sync) std::this_thread::sleep_for(milliseconds(2200));
    return false;
  });
  script.window = 1;
  Puppet puppet(script);
  const auto device = open_lun(puppet.url(), kMe, hasty());
  flush_wait(*device);
  CHECK(puppet.logins() == 1);
  CHECK(puppet.protocol_errors() == 0);
}

TEST_CASE("a LUN that says it has no write cache need not know how to empty it") {
  Puppet puppet(on_command([](Stage& stage, const fake::Request& request, const fake::Command& command) {
    if (command.op == Op::modesense) {
      fake::Buffer in(24);
      in[0] = std::byte{23}, in[4] = std::byte{0x08}, in[5] = std::byte{18};
      stage.data_in(request, in);
    } else if (command.op == Op::sync) {
      stage.status(request, 0x02, fake::Sense{0x05, 0x20, 0x00});
    }
    return command.op == Op::modesense || command.op == Op::sync;
  }));
  const auto device = open_lun(puppet.url(), kMe, hasty());
  REQUIRE(device->lun().mode.write_cache == false);
  flush_wait(*device);
}

TEST_CASE("a target that asks for a logout gets it, and the requests go through a new session") {
  for (const bool closes : {true, false}) {
    std::atomic<int> count{0}, logouts{0};
    Script script = on_command([&](Stage& stage, const fake::Request&, const fake::Command& command) {
      if (command.op == Op::write && ++count == 5) {
        stage.asynchronous(1);
        return true;  // never answered: the session ends
      }
      return false;
    });
    script.other = [&](Stage& stage, const fake::Request& request) {
      if (request.code() != fake::opcode::logout) return false;
      ++logouts;
      stage.wire.send(stage.reply(request.tag, fake::opcode::logout_response));
      if (closes) throw fake::Closed{};
      return true;
    };
    Puppet puppet(script);
    auto options = hasty(1, 1);  // or the answers to other commands would show that the session is over
    options.timing.dead = options.timing.lost = options.timing.timeout = seconds(60);
    const auto began = Clock::now();
    check_writes_arrive(puppet, options);
    CHECK(logouts >= 1);
    CHECK(puppet.logins() == 2);
    CHECK(Clock::now() - began < seconds(10));
  }
}

TEST_CASE("a target that says it will drop the connection, and does") {
  for (const std::uint8_t event : {std::uint8_t{2}, std::uint8_t{3}}) {
    std::atomic<int> count{0};
    Puppet puppet(on_command([&](Stage& stage, const fake::Request&, const fake::Command& command) {
      if (command.op != Op::write || ++count != 5) return false;
      stage.asynchronous(event);
      throw fake::Closed{};
    }));
    check_writes_arrive(puppet, hasty(2));
  }
}

TEST_CASE("PDUs that make no sense end the session, not the requests") {
  const auto survives = [](const std::function<void(Stage&, const fake::Request&)>& nonsense) {
    std::atomic<int> count{0};
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      if (command.op != Op::write || ++count != 5) return false;
      nonsense(stage, request);
      return true;
    }));
    check_writes_arrive(puppet, hasty());
    CHECK(puppet.logins() == 2);
  };
  survives([](Stage& stage, const fake::Request& request) {  // an unknown opcode
    stage.wire.send(stage.reply(request.tag, 0x3d));
  });
  survives([](Stage& stage, const fake::Request& request) {  // an unknown SCSI status
    stage.status(request, 0x77);
  });
  survives([](Stage& stage, const fake::Request& request) {  // a response without F
    fake::Response response = stage.reply(request.tag, fake::opcode::scsi_response);
    response.flags = 0;
    stage.wire.send(response);
  });
  survives([](Stage& stage, const fake::Request& request) {  // R2T for data beyond the buffer
    fake::Response response = stage.reply(request.tag, fake::opcode::r2t, false);
    response.transfer_tag = 9;
    response.word40 = 1 << 20;
    response.word44 = 1 << 20;
    stage.wire.send(response);
  });
  survives([](Stage& stage, const fake::Request& request) {  // longer than MaxRecvDataSegmentLength
    fake::Response response = stage.reply(request.tag, fake::opcode::scsi_response);
    stage.wire.send(response, fake::Buffer(300000));
  });
}

TEST_CASE("Data-In outside of the buffer is not taken") {
  for (const std::uint32_t offset : {4096U, 4095U, 0xfffffe00U}) {
    std::atomic<int> count{0};
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      if (command.op != Op::read || ++count != 1) return false;
      fake::Response response = stage.reply(request.tag, fake::opcode::data_in);
      response.flags = 0x81;
      response.word40 = offset;
      stage.wire.send(response, fake::Buffer(512, std::byte{0x77}));
      return true;
    }));
    const auto device = open_lun(puppet.url(), kMe, hasty());
    std::vector<std::byte> around(4096 + 2048, std::byte{0xEE});
    read_wait(*device, 0, std::span(around).subspan(1024, 4096));
    CHECK(std::count(around.begin(), around.end(), std::byte{0xAA}) == 4096);
    CHECK(std::count(around.begin(), around.end(), std::byte{0xEE}) == 2048);
    CHECK(puppet.logins() == 2);
  }
}

TEST_CASE("sense data of every shape") {
  const auto told = [](const fake::Buffer& segment) {
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      if (command.op != Op::read) return false;
      stage.sense_bytes(request, segment);
      return true;
    }));
    const auto device = open_lun(puppet.url(), kMe, hasty());
    const auto error = error_of([&] { read_bytes(*device, 0, 512); });
    return error ? std::string(error->what()) : std::string();
  };
  const auto bytes = [](std::initializer_list<int> values) {
    fake::Buffer buffer;
    for (const int value : values) buffer.push_back(static_cast<std::byte>(value));
    return buffer;
  };
  CHECK(contains(told({}), "without sense data"));
  CHECK(contains(told(bytes({0})), "without sense data"));
  CHECK(contains(told(bytes({0, 1, 0x72})), "without sense data"));
  CHECK(
      contains(told(bytes({0xff, 0xff, 0x72, 0x03, 0x11, 0x00})), "unrecovered read error (sense 3/11/00)"));
  CHECK(contains(told(bytes({0, 8, 0x72, 0x03, 0x11, 0x04, 0, 0, 0, 255})), "(sense 3/11/04)"));
  CHECK(contains(told(bytes({0, 3, 0x70, 0, 0x04})), "a hardware error (sense 4/00/00)"));
}

TEST_CASE("an error of an earlier command does not count as this one's success") {
  // Deferred (71h): the command that reports it has not been carried out (SPC-4, 4.5.7).
  std::atomic<int> count{0};
  Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
    if (command.op != Op::write || count++ > 0) return false;
    fake::Buffer segment(20);
    segment[1] = std::byte{18}, segment[2] = std::byte{0x71}, segment[4] = std::byte{0x01};
    segment[9] = std::byte{10}, segment[14] = std::byte{0x17};
    stage.sense_bytes(request, segment);
    return true;
  }));
  check_writes_arrive(puppet, hasty());
}

TEST_CASE("GET LBA STATUS that is absurd is not believed") {
  /// A thin disk whose GET LBA STATUS answers with `descriptors`.
  const auto extents = [](std::vector<std::tuple<std::uint64_t, std::uint32_t, int>> descriptors,
                          std::uint32_t claims = 0) {
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      const std::uint8_t page = command.cdb[2];
      if (command.op == Op::inquiry && command.cdb[1] == 1) {
        fake::Buffer in(page == 0 ? 6 : 8);
        in[1] = std::byte{page}, in[3] = static_cast<std::byte>(in.size() - 4);
        in[5] = std::byte{static_cast<unsigned char>(page == 0 ? 0xb2 : 0x84)};
        stage.data_in(request, in);
        return true;
      }
      if (command.op == Op::readcap) {
        fake::Buffer in(32);
        write_at(in, 0, be64(32767)), write_at(in, 8, be32(512));
        in[14] = std::byte{0xc0};
        stage.data_in(request, in);
        return true;
      }
      if (command.op != Op::lbastatus) return false;
      fake::Buffer in(8);
      for (const auto& [lba, blocks, state] : descriptors) {
        const std::size_t at = in.size();
        in.resize(at + 16);
        write_at(in, at, be64(lba)), write_at(in, at + 8, be32(blocks));
        in[at + 12] = static_cast<std::byte>(state);
      }
      write_at(in, 0, be32(claims != 0 ? claims : static_cast<std::uint32_t>(in.size() - 4)));
      stage.data_in(request, in);
      return true;
    }));
    const auto device = open_lun(puppet.url(), kMe, hasty());
    auto result = device->extents(MiB, 8 * MiB);
    check_cover(result, MiB, 8 * MiB);
    return result;
  };
  using Kind = Extent::Kind;
  const std::vector<Extent> unknown = {{MiB, 8 * MiB, Kind::unknown}};
  const std::vector<Extent> data = {{MiB, 8 * MiB, Kind::data}};
  CHECK(extents({}) == unknown);
  CHECK(extents({{0, 0, 1}}) == unknown);
  CHECK(extents({{0, 2048, 1}}) == unknown);               // ends where it should begin
  CHECK(extents({{1u << 20, 2048, 1}}) == unknown);        // somewhere else
  CHECK(extents({{~0ull - 5, 100, 1}}) == unknown);        // wraps around
  CHECK(extents({{2048, 16384, 1}}) == data);              // deallocated, but the blocks hold AAh
  CHECK(extents({{0, ~0u, 1}}) == data);                   // beyond the end of the LUN
  CHECK(extents({{2048, 16384, 7}}) == data);              // an unknown state
  CHECK(extents({{2048, 16384, 0}}, 0xffffffff) == data);  // says that it is longer than what came
  CHECK(extents({{2048, 16384, 0}}, 3) == unknown);
  CHECK(extents({{2048, 2048, 0}, {2048, 2048, 0}, {4096, 1, 0}}) ==
        std::vector<Extent>{{MiB, MiB, Kind::data}, {2 * MiB, 7 * MiB, Kind::unknown}});
}

TEST_CASE("memory does not grow with the number of requests") {
  // The target takes its time, so that there is always something to send.
  Script script = on_command([](Stage&, const fake::Request&, const fake::Command& command) {
    if (command.op == Op::write) std::this_thread::sleep_for(milliseconds(1));
    return false;
  });
  script.keys = {{"FirstBurstLength", "262144"}, {"MaxRecvDataSegmentLength", "65536"}};
  Puppet puppet(script);
  const auto device = open_lun(puppet.url(), kMe, hasty(1, 32));
  const std::vector<std::byte> buffer(256 * KiB);
  std::atomic<int> left{0};
  Waiter waiter;
  std::function<void()> next = [&] {
    if (left-- > 0)
      device->write(0, buffer, [&, done = waiter.next()](const Error* error) mutable {
        next();
        done(error);
      });
  };
  const auto run = [&](int count) {
    left = count;
    for (int i = 0; i < 32; ++i) next();
    std::size_t most = 0;
    while (left > 0) {
      most = std::max(most, mallinfo2().uordblks);
      std::this_thread::sleep_for(milliseconds(1));
    }
    CHECK(waiter.wait().empty());
    return most;
  };
  const auto before = run(300), after = run(1500);
  CHECK(after < before + 600 * KiB);
}

TEST_CASE("a connection serves its commands one after the other, and says when it is lost") {
  Puppet puppet(on_command([](Stage&, const fake::Request&, const fake::Command& command) {
    return command.op == Op::sync;  // never answered
  }));
  iscsi::Login login;
  login.portal = puppet.url().portal, login.target = puppet.url().target;
  login.lun = 1, login.credentials = kMe;
  iscsi::Connection connection(login);
  std::vector<std::byte> block(512);
  CHECK(connection.execute({iscsi::read(true, 7, 1), iscsi::Direction::in, block}, seconds(10)).ok());
  CHECK(std::count(block.begin(), block.end(), std::byte{0xAA}) == 512);
  CHECK(connection.execute({iscsi::get_lba_status(0, 512), iscsi::Direction::in, block}, seconds(10))
            .sense.code() == 0x2000);
  const auto began = Clock::now();
  const auto answer =
      connection.execute({iscsi::synchronize_cache(true), iscsi::Direction::none, {}}, milliseconds(300));
  CHECK(answer.status == iscsi::CommandStatus::silent);
  CHECK(Clock::now() - began < seconds(1));
  // With a command that nobody waits for it is of no more use; whoever tries is told at once.
  CHECK(connection.execute({iscsi::test_unit_ready(), iscsi::Direction::none, {}}, seconds(10)).status ==
        iscsi::CommandStatus::lost);
  CHECK_FALSE(connection.run(milliseconds(0)));
  connection.logout();
}

TEST_CASE("what a target may have lost with a reset is counted, and how it greets a session is not") {
  std::atomic<unsigned> commands{0}, reset_at{0}, close_at{0};
  std::atomic<unsigned> greeted{0};
  Script script = on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
    if (greeted < stage.number) {
      greeted = stage.number;
      stage.status(request, 0x02, fake::Sense{0x06, 0x29, 0x00});
      return true;
    }
    if (command.op != Op::write) return false;
    const unsigned number = ++commands;
    if (number == close_at) throw fake::Closed();
    if (number != reset_at) return false;
    stage.status(request, 0x02, fake::Sense{0x06, 0x29, 0x04});
    return true;
  });
  Puppet puppet(script);
  const auto device = open_lun(puppet.url(), kMe, hasty());
  const std::vector<std::byte> block(4096);
  write_wait(*device, 0, block);
  CHECK(device->cache_loss_generation() == 0);
  SUBCASE("reset") {
    reset_at = 2;
    write_wait(*device, 0, block);
    CHECK(device->cache_loss_generation() == 1);
    CHECK(puppet.logins() == 1);
  }
  SUBCASE("the connection is lost, and the next one greeted") {
    close_at = 2;
    write_wait(*device, 0, block);
    CHECK(device->cache_loss_generation() == 1);
    CHECK(puppet.logins() == 2);
  }
  CHECK_NOTHROW(flush_wait(*device));
  CHECK(device->cache_loss_generation() == 1);
  CHECK(puppet.protocol_errors() == 0);
}
