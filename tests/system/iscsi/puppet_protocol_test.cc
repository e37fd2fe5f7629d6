// SPDX-License-Identifier: Apache-2.0
// Targets that break the protocol in ways that libiscsi does not see, or too early for a new session.
#include <atomic>

#include "puppet_checks.h"

using namespace san;
using namespace san::test;
using fake::Op;

TEST_CASE("what ends a session ends it no worse while the LUN is still being looked at") {
  using Nonsense = std::function<void(Stage&, const fake::Request&)>;
  const auto reject = [](Stage& stage, const fake::Request& request) {
    fake::Buffer header(48);
    write_at(header, 16, request.tag);
    fake::Response response = stage.reply(fake::kNoTag, fake::opcode::reject);
    response.byte2 = 0x04;
    stage.wire.send(response, header);
  };
  const auto event = [](std::uint8_t number) {
    return [number](Stage& stage, const fake::Request&) { stage.asynchronous(number); };
  };
  const auto close = [](Stage&, const fake::Request&) { throw fake::Closed{}; };
  for (const Nonsense& nonsense : {Nonsense(reject), Nonsense(event(1)), Nonsense(event(4)), Nonsense(close)})
    for (const Op op : {Op::inquiry, Op::tur, Op::readcap, Op::modesense}) {
      std::atomic<int> count{0};
      Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
        if (command.op != op || ++count != 1) return false;
        nonsense(stage, request);
        return true;
      }));
      check_writes_arrive(puppet, hasty(1));
      CHECK(puppet.logins() == 2);
    }
}

TEST_CASE("a vendor's event is nothing to us") {
  std::atomic<int> count{0};
  Puppet puppet(on_command([&](Stage& stage, const fake::Request&, const fake::Command&) {
    if (++count % 3 == 1) stage.asynchronous(255);
    return false;
  }));
  check_writes_arrive(puppet, hasty(1));
  CHECK(puppet.logins() == 1);
}

TEST_CASE("a write is done only if all of its data have been asked for, and the Response says so") {
  // What becomes of the fifth write.
  using Answer = std::function<void(Stage&, const fake::Request&)>;
  const auto nothing_taken = [](Stage& stage, const fake::Request& request) { stage.status(request, 0); };
  const auto half_asked_for = [](Stage& stage, const fake::Request& request) {
    fake::Response response = stage.reply(request.tag, fake::opcode::r2t, false);
    response.transfer_tag = 5;
    response.word40 = stage.negotiated.first_burst;
    response.word44 = (request.word20 - stage.negotiated.first_burst) / 2;
    stage.wire.send(response);
    stage.status(request, 0);
  };
  const auto failure = [](Stage& stage, const fake::Request& request) {
    fake::Response response = stage.reply(request.tag, fake::opcode::scsi_response);
    response.byte2 = 1;  // target failure; the status says nothing
    stage.wire.send(response);
  };
  for (const Answer& answer : {Answer(nothing_taken), Answer(half_asked_for), Answer(failure)}) {
    std::atomic<int> count{0};
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      if (command.op != Op::write || ++count != 5) return false;
      answer(stage, request);
      return true;
    }));
    check_writes_arrive(puppet, hasty(1));
    CHECK(puppet.logins() == 2);
  }
}

TEST_CASE("a read is done only if all of its data have come") {
  for (const std::uint32_t length : {0U, 512U, 4095U}) {
    std::atomic<int> count{0};
    Puppet puppet(on_command([&](Stage& stage, const fake::Request& request, const fake::Command& command) {
      if (command.op != Op::read || ++count != 1) return false;
      fake::Response response = stage.reply(request.tag, fake::opcode::data_in);
      response.flags = 0x81;
      stage.wire.send(response, fake::Buffer(length, std::byte{0x77}));
      return true;
    }));
    const auto device = open_lun(puppet.url(), kMe, hasty(1));
    CHECK(std::ranges::count(read_bytes(*device, 0, 4096), std::byte{0xAA}) == 4096);
    CHECK(puppet.logins() == 2);
  }
}
