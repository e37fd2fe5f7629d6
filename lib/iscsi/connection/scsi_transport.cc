// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/scsi_transport.h"

#include <algorithm>
#include <utility>

#include "iscsi/connection/command_channel.h"

namespace san::iscsi {

void ScsiTransport::note_problem(const std::string&, const std::string&) {}

std::span<const std::byte> arrived(std::span<const std::byte> buffer, const Answer& answer) {
  return buffer.first(buffer.size() - std::min<std::size_t>(answer.missing, buffer.size()));
}

ScsiReply reply_of(const Answer& answer, std::vector<std::byte> buffer) {
  ScsiReply reply{answer, std::move(buffer)};
  reply.bytes.resize(reply.done() ? arrived(reply.bytes, answer).size() : 0);
  return reply;
}

ScsiReply receive(ScsiTransport& transport, const std::string& command, const Cdb& cdb, std::size_t length,
                  const SendPolicy& policy) {
  std::vector<std::byte> data(length);
  const Answer answer = transport.send(command, cdb, Direction::in, data, policy);
  return reply_of(answer, std::move(data));
}

const std::string& ConnectionTransport::name() const {
  return connection_.name();
}

Answer ConnectionTransport::send(const std::string&, const Cdb& cdb, Direction direction,
                                 std::span<std::byte> data, const SendPolicy& policy) {
  return connection_.execute({cdb, direction, data}, policy.timeout);
}

}  // namespace san::iscsi
