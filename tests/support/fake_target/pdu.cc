// SPDX-License-Identifier: Apache-2.0
#include "fake_target/pdu.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstring>

namespace fake {

Connection::~Connection() {
  close(socket_);
}

void Connection::receive_all(void* into, std::size_t length) {
  auto* at = static_cast<std::byte*>(into);
  while (length > 0) {
    const ssize_t got = recv(socket_, at, length, 0);
    if (got <= 0) throw Closed{};
    at += got;
    length -= static_cast<std::size_t>(got);
  }
}

Request Connection::receive(Buffer& data) {
  Request request;
  receive_all(&request, sizeof request);
  Buffer additional(request.ahs_words * std::size_t{4});
  receive_all(additional.data(), additional.size());
  const std::size_t length = request.data_length;
  data.resize((length + 3) / 4 * 4);
  receive_all(data.data(), data.size());
  data.resize(length);
  return request;
}

void Connection::send(Response response, std::span<const std::byte> data) {
  response.data_length = static_cast<std::uint32_t>(data.size());
  static constexpr std::byte padding[3] = {};
  iovec parts[3] = {{&response, sizeof response},
                    {const_cast<std::byte*>(data.data()), data.size()},
                    {const_cast<std::byte*>(padding), (4 - data.size() % 4) % 4}};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 3;
  while (message.msg_iovlen > 0) {
    ssize_t sent = sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0) throw Closed{};
    while (message.msg_iovlen > 0 && static_cast<std::size_t>(sent) >= message.msg_iov->iov_len) {
      sent -= static_cast<ssize_t>(message.msg_iov->iov_len);
      ++message.msg_iov;
      --message.msg_iovlen;
    }
    if (message.msg_iovlen == 0) break;
    message.msg_iov->iov_base = static_cast<std::byte*>(message.msg_iov->iov_base) + sent;
    message.msg_iov->iov_len -= static_cast<std::size_t>(sent);
  }
}

Keys parse_keys(std::span<const std::byte> data) {
  Keys keys;
  const std::string all(reinterpret_cast<const char*>(data.data()), data.size());
  std::size_t at = 0;
  while (at < all.size()) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    const std::string pair = all.substr(at, end - at);
    if (const std::size_t equals = pair.find('='); equals != std::string::npos)
      keys.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    at = end + 1;
  }
  return keys;
}

Buffer format_keys(const Keys& keys) {
  std::string all;
  for (const auto& [key, value] : keys) all.append(key).append(1, '=').append(value).append(1, '\0');
  const auto bytes = std::as_bytes(std::span(all));
  return {bytes.begin(), bytes.end()};
}

std::string find_key(const Keys& keys, const std::string& key) {
  for (const auto& [name, value] : keys)
    if (name == key) return value;
  return {};
}

}  // namespace fake
