// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/reachability.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/error.h"
#include "iscsi/address/resolve.h"
#include "system/fd.h"

using namespace san::iscsi;

namespace {

using Clock = std::chrono::steady_clock;

/// A socket that listens on a free port of 127.0.0.1.
struct Listener {
  san::Fd fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;
  Listener() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(fd.get(), generic, length) == 0);
    REQUIRE(listen(fd.get(), 8) == 0);
    REQUIRE(getsockname(fd.get(), generic, &length) == 0);
    port = ntohs(address.sin_port);
  }
};

}  // namespace

TEST_CASE("Portals are tried beside each other, and answered in their order") {
  const Listener listener;
  std::uint16_t closed = 0;
  {
    const Listener gone;
    closed = gone.port;
  }
  const Portal portals[] = {{"127.0.0.1", closed}, {"127.0.0.1", listener.port}, {"not-an-address", 3260}};
  const auto begun = Clock::now();
  const auto answers = reach(portals, begun + std::chrono::seconds(5));
  CHECK(Clock::now() - begun < std::chrono::seconds(2));
  REQUIRE(answers.size() == 3);
  CHECK_FALSE(answers[0].latency);
  CHECK(answers[0].error == "Connection refused");
  CHECK(answers[1].latency);
  CHECK(answers[1].error.empty());
  CHECK_FALSE(answers[2].latency);
  CHECK(answers[2].error == "not an address");
}

TEST_CASE("Resolution ends in time") {
  CHECK(resolve_until({"127.0.0.1", 3260}, Clock::now() + std::chrono::seconds(5)) ==
        std::vector<Portal>{{"127.0.0.1", 3260}});
  CHECK_THROWS_AS(resolve_until({"256.256.256.256.", 3260}, Clock::now() + std::chrono::seconds(2)),
                  san::Error);
}
