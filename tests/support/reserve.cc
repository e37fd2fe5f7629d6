// SPDX-License-Identifier: Apache-2.0
// reserve URL KEY INITIATOR [WHAT]: registers KEY (decimal) with a LUN and, unless WHAT is "register",
// reserves it, write exclusive, registrants only; prints "reserved" and keeps the session until it is killed.
// With WHAT "keys" it only prints the keys that are registered, one a line. For tests of what others see of
// that.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "iscsi/connection/connection.h"
#include "iscsi/scsi/reservations.h"

namespace {

using san::iscsi::Answer;
using san::iscsi::Connection;
using san::iscsi::Direction;
using san::iscsi::ReserveIn;
using san::iscsi::ReserveOut;

constexpr std::chrono::seconds kTimeout{10};

void reserve_out(Connection& connection, ReserveOut action, std::uint64_t key, std::uint64_t new_key) {
  constexpr std::uint8_t kRegistrantsOnly = 5;
  auto parameters = san::iscsi::reserve_parameters(key, new_key);
  const Answer answer = connection.execute(
      {san::iscsi::persistent_reserve_out(action, kRegistrantsOnly), Direction::out, parameters}, kTimeout);
  if (!answer.ok()) throw san::Error(san::Exit::failed, "PERSISTENT RESERVE OUT", describe(answer));
}

int print_keys(Connection& connection) {
  std::array<std::byte, 1024> data = {};
  const Answer answer = connection.execute(
      {san::iscsi::persistent_reserve_in(ReserveIn::read_keys, 1024), Direction::in, data}, kTimeout);
  const auto keys = san::iscsi::parse_reservation_keys(data);
  if (!answer.ok() || !keys) return 3;
  for (const std::uint64_t key : keys->keys) std::printf("%016llx\n", static_cast<unsigned long long>(key));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) return 2;
  const std::string what = argc == 5 ? argv[4] : "reserve";
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
    if (what == "keys") return print_keys(connection);
    reserve_out(connection, ReserveOut::register_key, 0, key);
    if (what == "reserve") reserve_out(connection, ReserveOut::reserve, key, 0);
    std::puts("reserved");
    std::fflush(stdout);
    pause();
    return 0;
  } catch (const san::Error& error) {
    std::fprintf(stderr, "reserve: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
