// SPDX-License-Identifier: Apache-2.0
// A scripted iSCSI target for tests: what real targets do seldom, this one does when told. See --help.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <thread>

#include "core/error.h"
#include "fake_target/session.h"

namespace {

/// A listening socket on 127.0.0.1; `port` 0 becomes the port that was free.
int listen_on(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, length) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, generic, &length) != 0)
    throw san::system_error("127.0.0.1:" + std::to_string(port), "listen", errno);
  port = ntohs(address.sin_port);
  return listener;
}

void serve(fake::Target& target, int connection) {
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  try {
    fake::Session(target, connection).run();
  } catch (const san::Error& error) {
    std::fprintf(stderr, "fake_target: %s\n", error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    fake::Options options = fake::parse_options(argc, argv);
    const int listener = listen_on(options.port);
    fake::Target target(options);
    std::printf("listening %u\n", unsigned{options.port});
    std::fflush(stdout);
    while (true) {
      const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection >= 0) std::thread(serve, std::ref(target), connection).detach();
    }
  } catch (const san::Error& error) {
    std::fprintf(stderr, "fake_target: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
