// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "lun_checks.h"
#include "puppet.h"

namespace san::test {

/// A script whose function for commands is `command`.
inline Script on_command(std::function<bool(Stage&, const fake::Request&, const fake::Command&)> command) {
  Script script;
  script.command = std::move(command);
  return script;
}

/// Asks for all data of a write at once, and answers it before any has come. The Data-Out PDUs are then in
/// libiscsi's queue, as the socket takes only some, and point to the request's buffer.
inline void answer_early(Stage& stage, const fake::Request& request, std::uint8_t status,
                         std::optional<fake::Sense> sense = {}) {
  fake::Response response = stage.reply(request.tag, fake::opcode::r2t, false);
  response.transfer_tag = 5;
  response.word40 = stage.negotiated.first_burst;
  response.word44 = request.word20 - stage.negotiated.first_burst;
  stage.wire.send(response);
  stage.status(request, status, sense);
}

/// Writes 8 MiB at once, in pieces; the target must have them, and nothing to complain about.
inline void check_writes_arrive(Puppet& puppet, const iscsi::LunOptions& options,
                                std::size_t piece = 256 * KiB) {
  const auto device = open_lun(puppet.url(), kMe, options);
  const auto content = random_bytes(8 * MiB, 11);
  const auto errors = write_all(*device, content, piece);
  for (const Error& error : errors) MESSAGE(std::string(error.what()));
  CHECK(errors.empty());
  const auto now = puppet.content();
  CHECK(std::equal(content.begin(), content.end(), now.begin()));
  CHECK(puppet.protocol_errors() == 0);
}

}  // namespace san::test
