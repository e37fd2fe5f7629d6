// SPDX-License-Identifier: Apache-2.0
#include "copy/map/reservation_key.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace san;
using namespace san::copy;
using Kind = iscsi::KeyOwner::Kind;

TEST_CASE("a key tells whose it is, as far as that can be seen from here") {
  WriterProcess process = this_process();
  CHECK(owner_of_key(reservation_key(process)).kind == Kind::own);

  process.pid = 1;
  const auto other = owner_of_key(reservation_key(process));
  CHECK(other.kind == Kind::unknown);
  CHECK(other.name == "process 1 on " + process.host);

  const pid_t child = fork();
  if (child == 0) _exit(0);
  REQUIRE(child > 0);
  process.pid = static_cast<std::uint32_t>(child);
  siginfo_t ended = {};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
  CHECK_MESSAGE(owner_of_key(reservation_key(process)).kind == Kind::dead, "a zombie");
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(owner_of_key(reservation_key(process)).kind == Kind::dead);

  process.host += "x";
  const auto elsewhere = owner_of_key(reservation_key(process));
  CHECK(elsewhere.kind == Kind::unknown);
  CHECK(elsewhere.name == "process " + std::to_string(child) + " on another machine");
}

TEST_CASE("keys of other software are strangers'") {
  for (const std::uint64_t key : {0ULL, 1ULL, 4711ULL, ~0ULL, 0x53414D0000000001ULL})
    CHECK(owner_of_key(key).kind == Kind::stranger);
}

TEST_CASE("machine, boot, container and process are in the key") {
  const WriterProcess base = this_process();
  WriterProcess boot = base, host = base, container = base, pid = base;
  boot.boot[3] ^= 1;
  host.host = "elsewhere";
  ++container.pid_namespace;
  pid.pid ^= 1U << 21;
  for (const auto& one : {boot, host, container, pid}) CHECK(reservation_key(one) != reservation_key(base));
}
