// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/queue_transport.h"

#include <doctest/doctest.h>

#include <thread>

#include "core/error.h"

using namespace san;
using namespace san::iscsi;

TEST_CASE("a command is a request, and its answer is waited for") {
  std::thread target;
  QueueTransport transport("lun", [&target](std::unique_ptr<Request> request) {
    CHECK(request->verb == std::string("query"));
    CHECK(request->direction == Direction::in);
    CHECK(request->slow);
    target = std::thread([request = std::move(request)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      request->data[0] = std::byte{0x5A};
      request->done({CommandStatus::good, {}, 3, 0}, nullptr);
    });
  });
  const ScsiReply reply = receive(transport, "query", inquiry(4), 4);
  target.join();
  CHECK(reply.done());
  CHECK(reply.bytes == std::vector{std::byte{0x5A}});
}

TEST_CASE("what the queue gives up is an error, and a refusal is an answer") {
  const Error reason(Exit::failed, "lun", "has not answered for 45 s");
  QueueTransport hopeless("lun", [&reason](std::unique_ptr<Request> request) { request->done({}, &reason); });
  CHECK_THROWS_WITH_AS(receive(hopeless, "query", inquiry(4), 4), "lun: has not answered for 45 s", Error);
  QueueTransport refusing("lun", [](std::unique_ptr<Request> request) {
    request->done({CommandStatus::check_condition, {true, SenseKey::illegal_request, 0x20, 0, false}, 0, 0},
                  nullptr);
  });
  const ScsiReply reply = receive(refusing, "query", inquiry(4), 4);
  CHECK(reply.answer.answered());
  CHECK_FALSE(reply.done());
}
