// SPDX-License-Identifier: Apache-2.0
// pdu_spoiler MODE N PORT: a man in the middle between an initiator and the target at 127.0.0.1:PORT, which
// spoils the N-th PDU of the kind that MODE is about, counted over all connections. It prints the port it
// listens on. On SIGTERM it prints how many PDUs of each kind there were, and how many were spoiled.
// "pdu_spoiler --modes" lists the modes and their kinds. There are no digests to it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>

#include "pdu_spoiler/pdu.h"

namespace spoiler {
namespace {

constexpr std::array<const char*, 7> kKinds = {"login", "in_data",  "in_status", "status",
                                               "r2t",   "out_data", "any"};

struct Counts {
  std::mutex mutex;
  std::array<unsigned, 7> seen = {};
  unsigned hits = 0;
};
Counts counts;
const Mode* mode = nullptr;
unsigned nth = 0;
std::string own_address;

/// Both directions of one connection.
struct Wires {
  int initiator, target;
  std::mutex mutex;
  std::map<std::uint32_t, bool> tasks = {};  ///< READs and WRITEs under way; true for a WRITE
  std::atomic<bool> reset = false;           ///< the connection of the initiator ends by a reset
};

bool read_all(int fd, std::uint8_t* into, std::size_t length) {
  while (length > 0) {
    const ssize_t got = recv(fd, into, length, 0);
    if (got <= 0) return false;
    into += got;
    length -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int fd, const Buffer& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t gone = send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (gone <= 0) return false;
    at += static_cast<std::size_t>(gone);
  }
  return true;
}

std::optional<Pdu> read_pdu(int fd) {
  Pdu pdu;
  if (!read_all(fd, pdu.bytes.data(), 48)) return std::nullopt;
  pdu.bytes.resize(48 + pdu.bytes[4] * 4u + (pdu.length() + 3) / 4 * 4);
  if (!read_all(fd, pdu.bytes.data() + 48, pdu.bytes.size() - 48)) return std::nullopt;
  return pdu;
}

bool is_read(std::uint8_t opcode) {
  return opcode == 0x28 || opcode == 0x88;
}

/// The kinds that a PDU is of.
std::vector<Kind> kinds(const Pdu& pdu, bool from_target, Wires& wires) {
  const std::scoped_lock lock(wires.mutex);
  if (!from_target) {
    if (pdu.code() == 0x01 && (is_read(pdu.bytes[32]) || pdu.bytes[32] == 0x2a || pdu.bytes[32] == 0x8a))
      wires.tasks[pdu.tag()] = !is_read(pdu.bytes[32]);
    return pdu.code() == 0x05 && wires.tasks.contains(pdu.tag()) ? std::vector{Kind::out_data}
                                                                 : std::vector<Kind>{};
  }
  if (pdu.code() == 0x23) return {Kind::login};
  std::vector<Kind> result{Kind::any};
  const auto task = wires.tasks.find(pdu.tag());
  if (task == wires.tasks.end()) return result;
  const bool write = task->second;
  if (!write && pdu.code() == 0x25) result.push_back(Kind::in_data);
  if (!write && pdu.code() == 0x25 && (pdu.bytes[1] & 1) != 0) result.push_back(Kind::in_status);
  if (write && pdu.code() == 0x21) result.push_back(Kind::status);
  if (write && pdu.code() == 0x31) result.push_back(Kind::r2t);
  if (pdu.code() == 0x21 || (pdu.code() == 0x25 && (pdu.bytes[1] & 1) != 0)) wires.tasks.erase(task);
  return result;
}

bool is_hit(const std::vector<Kind>& of) {
  const std::scoped_lock lock(counts.mutex);
  bool hit = false;
  for (const Kind kind : of) {
    const unsigned now = ++counts.seen[static_cast<std::size_t>(kind)];
    if (kind == mode->kind && (now == nth || (mode->always && now > nth))) hit = true;
  }
  if (hit) ++counts.hits;
  return hit;
}

/// False: the connection is to be closed.
bool pass_spoiled(Pdu pdu, int to, Wires& wires) {
  Spoil spoil;
  spoil.pdu = std::move(pdu);
  spoil.address = own_address;
  {
    const std::scoped_lock lock(wires.mutex);
    for (const auto& [tag, write] : wires.tasks) (write ? spoil.a_write : spoil.a_read) = tag;
  }
  mode->spoil(spoil);
  if (spoil.reset) wires.reset = true;
  Buffer all;
  const auto append = [&all](const Buffer& bytes) { all.insert(all.end(), bytes.begin(), bytes.end()); };
  for (const Buffer& bytes : spoil.before) append(bytes);
  if (!spoil.swallow) append(spoil.pdu.bytes);
  if (!write_all(to, all)) return false;
  if (spoil.after.empty()) return !spoil.close;
  all.clear();
  for (const Buffer& bytes : spoil.after) append(bytes);
  while (write_all(to, all))
    if (!spoil.endless) return !spoil.close;
  return false;
}

void pump(bool from_target, Wires& wires) {
  const int from = from_target ? wires.target : wires.initiator,
            to = from_target ? wires.initiator : wires.target;
  while (auto pdu = read_pdu(from)) {
    const auto of = kinds(*pdu, from_target, wires);
    if (!(is_hit(of) ? pass_spoiled(std::move(*pdu), to, wires) : write_all(to, pdu->bytes))) break;
  }
  shutdown(wires.initiator, wires.reset ? SHUT_RD : SHUT_RDWR);
  shutdown(wires.target, SHUT_RDWR);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void serve(int initiator, std::uint16_t port) {
  Wires wires{.initiator = initiator, .target = socket(AF_INET, SOCK_STREAM, 0), .mutex = {}};
  const sockaddr_in address = loopback(port);
  const int on = 1;
  for (const int fd : {wires.initiator, wires.target})
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): sockets are like that
  if (connect(wires.target, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    std::thread back([&wires] { pump(true, wires); });
    pump(false, wires);
    back.join();
  }
  if (wires.reset) {
    const linger none = {1, 0};
    setsockopt(wires.initiator, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  }
  close(wires.initiator);
  close(wires.target);
}

void report() {
  const std::scoped_lock lock(counts.mutex);
  for (std::size_t i = 0; i < kKinds.size(); ++i) std::printf("%s %u\n", kKinds[i], counts.seen[i]);
  std::printf("hits %u\n", counts.hits);
  std::fflush(stdout);
}

int run(std::uint16_t port) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof(address);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): sockets are like that
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
    std::perror("pdu_spoiler");
    return 1;
  }
  own_address = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  std::printf("listening %u\n", ntohs(address.sin_port));
  std::fflush(stdout);
  std::thread([listener, port] {
    for (int one = 0; (one = accept(listener, nullptr, nullptr)) >= 0;)
      std::thread([one, port] { serve(one, port); }).detach();
  }).detach();
  int signal = 0;
  sigwait(&ends, &signal);
  report();
  std::_Exit(0);
}

}  // namespace

std::uint32_t Pdu::word(std::size_t at) const {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

void Pdu::set_word(std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

void Pdu::set_data(const Buffer& data) {
  set_word(4, static_cast<std::uint32_t>(data.size()));
  bytes.resize(48);
  bytes.insert(bytes.end(), data.begin(), data.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
}

Buffer Pdu::data() const {
  const auto begin = bytes.begin() + 48;
  return {begin, begin + static_cast<std::ptrdiff_t>(length())};
}

}  // namespace spoiler

int main(int argc, char** argv) {
  using namespace spoiler;
  if (argc == 2 && std::string(argv[1]) == "--modes") {
    for (const Mode& one : modes())
      std::printf("%s %s\n", one.name, kKinds[static_cast<std::size_t>(one.kind)]);
    return 0;
  }
  const auto found = argc == 4
                         ? std::find_if(modes().begin(), modes().end(),
                                        [&](const Mode& one) { return std::string(argv[1]) == one.name; })
                         : modes().end();
  if (found == modes().end()) {
    std::fprintf(stderr, "usage: pdu_spoiler MODE N PORT\n       pdu_spoiler --modes\n");
    return 2;
  }
  mode = &*found;
  nth = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10));
  return run(static_cast<std::uint16_t>(std::strtoul(argv[3], nullptr, 10)));
}
