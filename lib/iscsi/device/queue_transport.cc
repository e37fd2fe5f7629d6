// SPDX-License-Identifier: Apache-2.0
#include "iscsi/device/queue_transport.h"

#include <future>
#include <optional>
#include <utility>

#include "block/wait_for_completion.h"

namespace san::iscsi {

Answer QueueTransport::send(const std::string& command, const Cdb& cdb, Direction direction,
                            std::span<std::byte> data, const SendPolicy&) {
  std::promise<std::pair<Answer, std::optional<Error>>> promise;
  auto future = promise.get_future();
  auto request = std::make_unique<Request>();
  request->verb = command.c_str();  // the request ends before this call does
  request->cdb = cdb;
  request->direction = direction;
  request->data = data;
  request->slow = true;
  request->done = [&promise](const Answer& answer, const Error* gave_up) {
    promise.set_value({answer, gave_up != nullptr ? std::optional(*gave_up) : std::nullopt});
  };
  submit_(std::move(request));
  auto [answer, gave_up] = cancelled_ != nullptr ? await(*cancelled_, std::move(future)) : future.get();
  if (gave_up) throw Error(*gave_up);
  return answer;
}

}  // namespace san::iscsi
