// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/qmp.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstring>
#include <thread>

#include "core/error.h"
#include "core/process/interrupt.h"

namespace san::preflight {

using nlohmann::json;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kMaxSize = std::size_t{1} << 20;  // of what has come and is no message yet

}  // namespace

bool Qmp::connect(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  socket_ = Fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket_ &&
         ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

Qmp::Qmp(const std::string& path, ChildProcess& process, const std::string& name) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!connect(path)) {
    Interrupt::check(setting("rehearse").c_str());
    if (process.wait(milliseconds(50)) || std::chrono::steady_clock::now() > end)
      throw Error(Exit::failed, name, "does not start: " + process.errors());
  }
  // It greets, and takes no commands before this one.
  execute("qmp_capabilities");
}

Qmp::~Qmp() = default;

std::vector<json> Qmp::receive(milliseconds timeout) {
  std::vector<json> messages;
  pollfd waiting = {socket_.get(), POLLIN, 0};
  std::array<char, 4096> buffer{};
  while (messages.empty() && poll(&waiting, 1, static_cast<int>(timeout.count())) > 0) {
    const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0 || unread_.size() > kMaxSize) break;
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
      if (json message = json::parse(unread_.substr(0, end), nullptr, false); message.is_object())
        messages.push_back(std::move(message));
      unread_.erase(0, end + 1);
    }
  }
  return messages;
}

json Qmp::execute(const std::string& command) {
  const std::string text = json{{"execute", command}, {"arguments", json::object()}}.dump() + "\n";
  if (send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    return nullptr;
  return reply(std::chrono::seconds(10));
}

json Qmp::reply(milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  json result;
  bool replied = false;
  while (!replied && std::chrono::steady_clock::now() < end) {
    const auto messages = receive(timeout);
    if (messages.empty()) break;
    for (const json& message : messages) {
      if (message.contains("event")) events_.push_back(message);
      if (message.contains("return")) result = message["return"];
      replied = replied || message.contains("return") || message.contains("error");
    }
  }
  return result;
}

std::vector<json> Qmp::events() {
  for (auto messages = receive(milliseconds(0)); !messages.empty(); messages = receive(milliseconds(0)))
    for (const json& message : messages)
      if (message.contains("event")) events_.push_back(message);
  return std::exchange(events_, {});
}

}  // namespace san::preflight
