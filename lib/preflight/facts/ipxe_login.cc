// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/ipxe_login.h"

#include <fmt/core.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <random>

#include "core/endian.h"
#include "core/process/interrupt.h"
#include "core/text/table.h"
#include "iscsi/address/resolve.h"
#include "iscsi/login/login_error.h"
#include "preflight/facts/ipxe_negotiation.h"
#include "system/fd.h"

namespace san::preflight {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

enum : std::uint8_t { kLoginRequest = 0x43, kLogoutRequest = 0x46, kLoginResponse = 0x23 };

/// Basic header segment of the Login and Logout PDUs (RFC 7143, 11.12 to 11.15), as far as it is used here.
struct Header {
  std::uint8_t opcode = 0, flags = 0, version_max = 0, version = 0;
  std::uint8_t extra = 0;  ///< length of additional header segments, in words
  be24 length;             ///< of the text
  std::array<std::uint8_t, 6> isid = {};
  be16 tsih;
  be32 tag;
  be16 cid, reserved;
  be32 sn;           ///< CmdSN; StatSN of a response
  be32 expected_sn;  ///< ExpStatSN; ExpCmdSN of a response
  be32 max_sn;
  be16 status;
  std::uint8_t rest[10] = {};
};
static_assert(sizeof(Header) == 48);

/// More than any login needs; RFC 7143, 13.12 says 8192.
constexpr std::size_t kMaxText = 65536;
/// PDUs of a login; a login with mutual CHAP has four.
constexpr unsigned kMaxExchanges = 12;

/// One TCP connection, with an end in time for all of it.
class Line {
 public:
  Line(std::string url, const iscsi::Portal& address, Clock::time_point end, milliseconds allowed)
      : url_(std::move(url)), where_(to_string(address)), end_(end), allowed_(allowed) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    if (getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list) != 0)
      throw iscsi::connect_error(url_, where_, false, allowed_, "not an address");
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
    fd_ = Fd(socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd_) not_connected(errno);
    if (connect(fd_.get(), list->ai_addr, list->ai_addrlen) != 0 && errno != EINPROGRESS)
      not_connected(errno);
    if (!wait(POLLOUT)) throw iscsi::connect_error(url_, where_, true, allowed_, "");
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) not_connected(error);
  }

  void until(Clock::time_point end) { end_ = end; }

  void send(const Header& header, const std::string& text) {
    std::string all(reinterpret_cast<const char*>(&header), sizeof header);
    all += text;
    all.resize((all.size() + 3) / 4 * 4, '\0');
    for (std::size_t done = 0; done < all.size();) {
      if (!wait(POLLOUT)) silent(true);
      const ssize_t sent = ::send(fd_.get(), all.data() + done, all.size() - done, MSG_NOSIGNAL);
      if (sent <= 0 && errno != EAGAIN && errno != EINTR) silent(false);
      if (sent > 0) done += static_cast<std::size_t>(sent);
    }
  }

  Header receive(std::vector<std::byte>& text) {
    Header header;
    read(std::as_writable_bytes(std::span(&header, 1)));
    std::vector<std::byte> extra(std::size_t{header.extra} * 4);
    read(extra);
    const std::size_t length = header.length;
    if (length > kMaxText)
      throw Error(Exit::failed, url_, fmt::format("{} answers the login with {} bytes", where_, length),
                  "check that an iSCSI target listens there");
    text.resize((length + 3) / 4 * 4);
    read(text);
    text.resize(length);
    return header;
  }

 private:
  [[noreturn]] void not_connected(int error) const {
    throw iscsi::connect_error(url_, where_, false, allowed_, fmt::format("({})", error));
  }
  [[noreturn]] void silent(bool timed_out) const {
    throw iscsi::login_silent_error(url_, where_, timed_out, allowed_);
  }

  bool wait(short events) const {
    while (true) {
      Interrupt::check(url_.c_str());
      const auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now()).count();
      if (left <= 0) return false;
      pollfd one = {fd_.get(), events, 0};
      // Short turns, so that a signal that comes between two is not missed.
      if (poll(&one, 1, static_cast<int>(std::min<long>(left, 200))) > 0) return true;
    }
  }

  void read(std::span<std::byte> into) {
    while (!into.empty()) {
      if (!wait(POLLIN)) silent(true);
      const ssize_t got = recv(fd_.get(), into.data(), into.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) silent(false);
      if (got > 0) into = into.subspan(static_cast<std::size_t>(got));
    }
  }

  const std::string url_, where_;
  Clock::time_point end_;
  const milliseconds allowed_;
  Fd fd_;
};

std::string random_bytes(std::size_t count) {
  std::random_device random;
  std::string bytes(count, '\0');
  std::generate(bytes.begin(), bytes.end(), [&random] { return static_cast<char>(random() & 0xFF); });
  return bytes;
}

/// Leaves the session as it should be left; how that ends does not matter.
void log_out(Line& line, Header header) {
  header.opcode = kLogoutRequest;
  header.flags = 0x80;  // close the session (RFC 7143, 11.14.1)
  header.length = 0;
  header.isid = {};
  header.tag = header.tag + 1;
  try {
    line.until(Clock::now() + std::chrono::seconds(1));
    line.send(header, {});
    std::vector<std::byte> text;
    line.receive(text);
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
  }
}

/// Returns the text of the target's TargetAddress if it redirects the initiator; empty otherwise.
std::string negotiate(const std::string& url, const iscsi::Login& login, const iscsi::Portal& address,
                      IpxeLogin& result) {
  const auto end = std::min(Clock::now() + login.timeout, login.until.value_or(Clock::time_point::max()));
  const auto allowed = std::chrono::ceil<milliseconds>(std::max(end - Clock::now(), Clock::duration::zero()));
  Line line(url, address, end, allowed);
  IpxeNegotiation negotiation(login.credentials, login.target, random_bytes(17));
  Header header;
  header.opcode = kLoginRequest;
  const std::string isid = random_bytes(6);
  std::copy(isid.begin(), isid.end(), header.isid.begin());
  header.isid[0] = 0x80;  // type: random (RFC 7143, 11.12.5)
  header.tag = 1;
  header.sn = 1;
  std::vector<std::byte> text;
  for (unsigned exchange = 0; !negotiation.over(); ++exchange) {
    if (exchange == kMaxExchanges)
      throw Error(Exit::failed, url, "the login does not end", "look at the target's log");
    const auto request = negotiation.request();
    header.flags = request.flags;
    header.length = static_cast<std::uint32_t>(request.text.size());
    line.send(header, request.text);
    const Header answer = line.receive(text);
    if ((answer.opcode & 0x3F) != kLoginResponse)
      throw Error(Exit::failed, url,
                  fmt::format("the login is answered by a PDU of type {:02X}h", answer.opcode & 0x3F),
                  "look at the target's log");
    header.expected_sn = answer.sn + 1;
    negotiation.take(answer.flags, answer.status, text);
  }
  result = {address, negotiation.fault(), negotiation.chap(), negotiation.answered()};
  const std::uint16_t status = negotiation.status();
  if (status >> 8 == 1) return result.answered["TargetAddress"];
  if (status != 0) throw iscsi::login_error(url, login.credentials, fmt::format("({})", status));
  if (negotiation.logged_in()) log_out(line, header);
  return {};
}

}  // namespace

IpxeLogin ipxe_login(const iscsi::Login& login) {
  const std::string url = to_string(iscsi::Url{login.portal, login.target, login.lun, {}});
  iscsi::Portal portal = login.portal;
  for (int hops = 0; hops < 4; ++hops) {
    const auto addresses = login.until ? iscsi::resolve_until(portal, *login.until) : iscsi::resolve(portal);
    IpxeLogin result;
    // iPXE takes the first address of a name.
    const std::string redirect = negotiate(url, login, addresses.front(), result);
    if (redirect.empty()) return result;
    try {
      portal = iscsi::parse_portal(redirect.substr(0, redirect.find(',')));  // a portal group tag may follow
    } catch (const Error&) {
      throw Error(Exit::failed, url,
                  fmt::format("the target redirects the login to \"{}\", which is not an address",
                              printable(redirect)));
    }
  }
  throw Error(Exit::failed, url, "the target redirects the login from portal to portal endlessly");
}

}  // namespace san::preflight
