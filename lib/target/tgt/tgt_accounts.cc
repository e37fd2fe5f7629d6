// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_accounts.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "system/fd.h"
#include "target/tgt/tgt_show.h"

namespace san::target {
namespace {

constexpr std::uint32_t kModeSystem = 0, kModeAccount = 7;
constexpr std::uint32_t kNew = 0, kShow = 2;

/// A management request, in the byte order and alignment of this machine, on which both ends run.
struct Request {
  std::uint32_t mode = 0;
  std::uint32_t operation = 0;
  char driver[64] = "iscsi";
  std::uint32_t length = 0;  ///< bytes of this struct and of the text after it
  std::int32_t target = -1;
  std::uint64_t session = 0;
  std::uint64_t lun = ~std::uint64_t{0};
  std::uint32_t connection = 0;
  std::uint32_t host = 0;
  std::uint32_t device_type = 0;
  std::uint32_t direction = 0;
  std::uint32_t pack = 0;
  std::uint32_t force = 0;
};
static_assert(sizeof(Request) == 120 && offsetof(Request, length) == 72 && offsetof(Request, session) == 80);

struct Answer {
  std::uint32_t error = 0;
  std::uint32_t length = 0;  ///< bytes of this struct and of the text after it
};
static_assert(sizeof(Answer) == 8);

constexpr std::uint32_t kMaxText = 1 << 20;

std::string socket_path(std::uint16_t control_port) {
  const char* base = std::getenv("TGT_IPC_SOCKET");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return fmt::format("{}.{}", base != nullptr ? base : "/var/run/tgtd/socket", control_port);
}

Error strange(const std::string& path, std::string_view why) {
  return {Exit::failed, path, fmt::format("tgtd's management socket gives an unexpected answer: {}", why),
          "this version of tgt cannot be given a CHAP secret without showing it to every user of this "
          "machine; make the target without CHAP"};
}

Fd connect_to(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    throw Error(Exit::failed, path, "this is too long for the name of a socket", "shorten TGT_IPC_SOCKET");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    throw system_error(path, "reach tgtd", errno, "start it (systemctl start tgt)");
  ucred peer = {};
  socklen_t length = sizeof(peer);
  // Another user's process could have made the socket while tgtd was not running.
  if (getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
      (peer.uid != 0 && peer.uid != geteuid()))
    throw Error(Exit::failed, path, "the process behind this socket is not root's: it is given no secret",
                "find out who made it");
  const timeval timeout = {10, 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  return fd;
}

void send_all(const std::string& path, const Fd& fd, const void* data, std::size_t size) {
  const char* from = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = send(fd.get(), from, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw system_error(path, "speak to tgtd", errno);
    from += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

/// Returns false if the other side closes the connection, or sends nothing for ten seconds.
bool receive_all(const Fd& fd, void* data, std::size_t size) {
  char* into = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = recv(fd.get(), into, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

struct Reply {
  std::uint32_t error = 0;
  std::string text;
};

/// Sends one request on a connection of its own, as tgtd requires. `text` is sent with its final zero byte.
Reply ask(const std::string& path, std::uint32_t mode, std::uint32_t operation,
          const std::optional<Secret>& text = std::nullopt) {
  const Fd fd = connect_to(path);
  Request request;
  request.mode = mode;
  request.operation = operation;
  request.length = static_cast<std::uint32_t>(sizeof(request) + (text ? text->size() + 1 : 0));
  send_all(path, fd, &request, sizeof(request));
  if (text) send_all(path, fd, text->c_str(), text->size() + 1);
  Answer answer;
  if (!receive_all(fd, &answer, sizeof(answer))) throw strange(path, "no answer");
  if (answer.length < sizeof(answer) || answer.length > kMaxText)
    throw strange(path, fmt::format("an answer of {} bytes", answer.length));
  Reply reply = {answer.error, std::string(answer.length - sizeof(answer), '\0')};
  if (!receive_all(fd, reply.text.data(), reply.text.size())) throw strange(path, "an answer cut short");
  return reply;
}

std::vector<std::string> accounts(const std::string& path) {
  const Reply reply = ask(path, kModeAccount, kShow);
  // Without an account there is no heading, either.
  if (reply.error != 0 || !(reply.text.empty() || reply.text.starts_with("Account list:")))
    throw strange(path, "no list of accounts");
  return parse_tgt_accounts(std::as_bytes(std::span(reply.text)));
}

}  // namespace

void create_tgt_account(std::uint16_t control_port, const ChapAccount& account) {
  const std::string path = socket_path(control_port);
  const Reply system = ask(path, kModeSystem, kShow);
  if (system.error != 0 || !system.text.starts_with("System:")) throw strange(path, "no state of the system");
  const auto has = [&account](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), account.user) != names.end();
  };
  if (has(accounts(path)))
    throw Error(Exit::failed, fmt::format("CHAP account {}", account.user), "tgt has it already");
  const Reply made =
      ask(path, kModeAccount, kNew, Secret(fmt::format("user={},password={}", account.user, account.secret)));
  if (made.error != 0)
    throw Error(Exit::failed, fmt::format("CHAP account {}", account.user),
                fmt::format("tgtd refuses to make it: error {}", made.error));
  if (!has(accounts(path))) throw strange(path, "the account that it has made is not there");
}

}  // namespace san::target
