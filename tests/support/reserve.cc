// SPDX-License-Identifier: Apache-2.0
// reserve URL KEY INITIATOR: registers KEY (decimal) with a LUN and reserves it, write exclusive, registrants
// only; prints "reserved" and keeps the session until it is killed. For tests of what others see of that.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "core/endian.h"
#include "core/error.h"
#include "iscsi/connection.h"

namespace {

using san::iscsi::Answer;
using san::iscsi::Cdb;
using san::iscsi::Connection;
using san::iscsi::Direction;

/// PERSISTENT RESERVE OUT (SPC-4, 6.16).
void reserve_out(Connection& connection, std::uint8_t action, std::uint64_t key, std::uint64_t new_key) {
  Cdb cdb;
  cdb.size = 10;
  cdb.bytes = {0x5F, action, 0x05, 0, 0, 0, 0, 0, 24};
  std::array<std::byte, 24> parameters = {};
  san::write_at(std::span(parameters), 0, san::be64(key));
  san::write_at(std::span(parameters), 8, san::be64(new_key));
  const Answer answer = connection.execute(cdb, Direction::out, parameters);
  if (!answer.ok()) throw san::Error(san::Exit::failed, "PERSISTENT RESERVE OUT", describe(answer));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const san::iscsi::Url url = san::iscsi::parse_url(argv[1]);
    const std::uint64_t key = std::strtoull(argv[2], nullptr, 10);
    san::iscsi::Login login;
    login.portal = url.portal;
    login.target = url.target;
    login.lun = url.lun;
    login.credentials.initiator = argv[3];
    login.isid = 0x5ABC;
    Connection connection(login);
    reserve_out(connection, 0x00, 0, key);  // REGISTER
    reserve_out(connection, 0x01, key, 0);  // RESERVE
    std::puts("reserved");
    std::fflush(stdout);
    pause();
    return 0;
  } catch (const san::Error& error) {
    std::fprintf(stderr, "reserve: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
