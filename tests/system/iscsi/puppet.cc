// SPDX-License-Identifier: Apache-2.0
#include "puppet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace san::test {

namespace op = fake::opcode;
using fake::Buffer;
using fake::Request;
using fake::Response;

Response Stage::reply(std::uint32_t tag, std::uint8_t code, bool counts) {
  Response response;
  response.opcode = code;
  response.tag = tag;
  response.transfer_tag = fake::kNoTag;
  response.stat_sn = negotiated.stat_sn;
  if (counts) ++negotiated.stat_sn;
  response.exp_cmd_sn = negotiated.cmd_sn;
  response.max_cmd_sn = negotiated.cmd_sn + window - 1;
  return response;
}

void Stage::status(const Request& request, std::uint8_t status, std::optional<fake::Sense> sense) {
  Buffer segment;
  if (sense) {
    segment.resize(2 + 18);
    san::write_at(segment, 0, san::be16(18));
    segment[2] = std::byte{0x70};
    segment[4] = std::byte{sense->key};
    segment[9] = std::byte{10};
    segment[14] = std::byte{sense->asc};
    segment[15] = std::byte{sense->ascq};
  }
  Response response = reply(request.tag, op::scsi_response);
  response.byte3 = status;
  response.transfer_tag = 0;
  wire.send(response, segment);
}

void Stage::sense_bytes(const Request& request, std::span<const std::byte> segment) {
  Response response = reply(request.tag, op::scsi_response);
  response.byte3 = 0x02;
  wire.send(response, segment);
}

void Stage::data_in(const Request& request, std::span<const std::byte> data) {
  const std::size_t expected = request.word20;
  const std::size_t total = std::min(data.size(), expected);
  if (total == 0) return status(request, 0);
  for (std::uint32_t offset = 0, data_sn = 0; offset < total; ++data_sn) {
    const auto length =
        static_cast<std::uint32_t>(std::min<std::size_t>(total - offset, negotiated.initiator_segment));
    const bool last = offset + length == total;
    Response response = reply(request.tag, op::data_in, last);
    response.flags = last ? 0x81 : 0;
    response.word36 = data_sn;
    response.word40 = offset;
    if (last && data.size() < expected) {
      response.flags |= 0x02;
      response.word44 = static_cast<std::uint32_t>(expected - data.size());
    }
    wire.send(response, data.subspan(offset, length));
    offset += length;
  }
}

void Stage::asynchronous(std::uint8_t event) {
  Response response = reply(fake::kNoTag, 0x32);
  response.word36 = std::uint32_t{event} << 24;
  response.word40 = 3;  // Parameter3: seconds
  wire.send(response);
}

Puppet::Puppet(Script script, std::uint64_t size)
    : script_(std::move(script)), content_(size, std::byte{0xAA}) {
  options_.iqn = "iqn.2026-11.org.example:puppet";
  options_.keys = {{"MaxRecvDataSegmentLength", "8192"},
                   {"InitialR2T", "No"},
                   {"ImmediateData", "Yes"},
                   {"FirstBurstLength", "65536"},
                   {"MaxBurstLength", "262144"}};
  for (const auto& [key, value] : script_.keys) options_.keys[key] = value;
  options_.queue = script_.window;
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (script_.receive_buffer > 0)
    setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &script_.receive_buffer, sizeof(script_.receive_buffer));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, length) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, generic, &length) != 0)
    throw std::runtime_error("the puppet cannot listen");
  options_.port = ntohs(address.sin_port);
  thread_ = std::thread([this] { accept_all(); });
}

Puppet::~Puppet() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    for (const Client& client : clients_) shutdown(client.socket, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  for (Client& client : clients_) {
    client.thread.join();
    close(client.socket);
  }
}

iscsi::Url Puppet::url() const {
  return {{"127.0.0.1", options_.port}, options_.iqn, 1, {}};
}

std::vector<std::byte> Puppet::content() {
  const std::scoped_lock lock(mutex_);
  return content_;
}

void Puppet::accept_all() {
  for (unsigned number = 1;; ++number) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const std::scoped_lock lock(mutex_);
    if (over_) {
      close(socket);
      return;
    }
    // What is joined at the end knows the connection by a descriptor of its own.
    const int handle = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    clients_.push_back({handle, std::thread([this, number, socket] { serve(number, socket); })});
  }
}

void Puppet::serve(unsigned number, int socket) {
  Stage stage(number, socket, script_.window);
  try {
    const bool seen_to = script_.login && script_.login(stage);
    const auto negotiated = seen_to ? std::nullopt : fake::log_in(stage.wire, options_, {});
    if (negotiated) {
      stage.negotiated = *negotiated;
      ++logins_;
      converse(stage);
    }
  } catch (const fake::Closed&) {
  }
  shutdown(socket, SHUT_RDWR);  // the descriptor in clients_ keeps it open
}

void Puppet::converse(Stage& stage) {
  Writes writes;
  Buffer data;
  while (true) {
    const Request request = stage.wire.receive(data);
    if (request.code() == op::data_out) {
      data_out(stage, writes, request, data);
      continue;
    }
    if (!request.immediate() && request.cmd_sn != stage.negotiated.cmd_sn++) {
      ++protocol_errors_;
      return;
    }
    if (request.code() == op::scsi_command) {
      command(stage, writes, request, data);
    } else if (script_.other && script_.other(stage, request)) {
      continue;
    } else if (request.code() == op::nop_out) {
      if (request.tag != fake::kNoTag) stage.wire.send(stage.reply(request.tag, op::nop_in), data);
    } else if (request.code() == op::logout) {
      stage.wire.send(stage.reply(request.tag, op::logout_response));
      return;
    } else {
      ++protocol_errors_;
      return;
    }
  }
}

void Puppet::command(Stage& stage, Writes& writes, const Request& request, Buffer& data) {
  const fake::Command command = fake::decode(request.tail, 512);
  if (!data.empty()) ++immediate_data_;
  if (script_.command && script_.command(stage, request, command)) return;
  if ((request.flags & 0x20) == 0) return execute(stage, request, command, {});
  Write& write = writes[request.tag];
  write = {request, command, data};
  if (request.final()) advance(stage, writes, write);
}

void Puppet::data_out(Stage& stage, Writes& writes, const Request& request, const Buffer& data) {
  const auto found = writes.find(request.tag);
  if (found == writes.end()) {
    if (script_.late_data) script_.late_data(data);
    return;
  }
  Write& write = found->second;
  san::be32 offset;
  std::memcpy(&offset, request.tail + 8, sizeof(offset));
  if (offset != write.data.size()) {
    ++protocol_errors_;
    throw fake::Closed{};
  }
  write.data.insert(write.data.end(), data.begin(), data.end());
  if (request.final()) advance(stage, writes, write);
}

void Puppet::advance(Stage& stage, Writes& writes, Write& write) {
  const std::uint32_t expected = write.request.word20, got = static_cast<std::uint32_t>(write.data.size());
  if (got < expected) {
    Response response = stage.reply(write.request.tag, op::r2t, false);
    response.transfer_tag = 7;
    response.word36 = write.r2t_sn++;
    response.word40 = got;
    response.word44 = std::min(expected - got, stage.negotiated.max_burst);
    stage.wire.send(response);
    return;
  }
  const Write whole = std::move(write);
  writes.erase(whole.request.tag);
  execute(stage, whole.request, whole.command, whole.data);
}

void Puppet::execute(Stage& stage, const Request& request, const fake::Command& command, const Buffer& out) {
  const std::uint64_t offset = command.lba * 512, length = command.blocks * 512;
  Buffer in;
  switch (command.op) {
    case fake::Op::tur:
    case fake::Op::sync:
      return stage.status(request, 0);
    case fake::Op::inquiry:
      in.resize((command.cdb[1] & 1) != 0 ? 4 : 36);
      if ((command.cdb[1] & 1) != 0) in[1] = std::byte{command.cdb[2]};
      break;
    case fake::Op::readcap:
      in.resize(32);
      san::write_at(in, 0, san::be64(content_.size() / 512 - 1));
      san::write_at(in, 8, san::be32(512));
      break;
    case fake::Op::read: {
      const std::scoped_lock lock(mutex_);
      const auto from = content_.begin() + static_cast<std::ptrdiff_t>(offset);
      in.assign(from, from + static_cast<std::ptrdiff_t>(length));
      break;
    }
    case fake::Op::write: {
      {
        const std::scoped_lock lock(mutex_);
        std::copy(out.begin(), out.end(), content_.begin() + static_cast<std::ptrdiff_t>(offset));
      }
      return stage.status(request, 0);
    }
    default:
      return stage.status(request, 0x02, fake::Sense{0x05, 0x20, 0x00});
  }
  stage.data_in(request, in);
}

}  // namespace san::test
