// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fake_target/login.h"
#include "fake_target/pdu.h"
#include "fake_target/scsi.h"
#include "iscsi/address/url.h"

namespace san::test {

/// One connection of a Puppet. A script may throw fake::Closed to close it.
class Stage {
 public:
  Stage(unsigned connection, int socket, unsigned commands)
      : number(connection), wire(socket), window(commands) {}

  /// A PDU in answer to the task `tag`, with the sequence numbers as they are now.
  fake::Response reply(std::uint32_t tag, std::uint8_t code, bool counts = true);
  /// A SCSI Response, fixed-format sense data included.
  void status(const fake::Request& request, std::uint8_t status, std::optional<fake::Sense> sense = {});
  void sense_bytes(const fake::Request& request, std::span<const std::byte> segment);
  /// Data-In with GOOD at its end; at most what the initiator takes, its residual count included.
  void data_in(const fake::Request& request, std::span<const std::byte> data);
  /// An Asynchronous Message (RFC 7143, 11.9) of this event.
  void asynchronous(std::uint8_t event);

  const unsigned number;  ///< of the connection, from 1
  fake::Connection wire;
  unsigned window;  ///< commands that the initiator may send beyond those that have arrived
  fake::Negotiated negotiated;
};

/// What a test takes into its own hands. Each function returns true if it has seen to the PDU.
struct Script {
  /// Before the login. After true the connection is closed.
  std::function<bool(Stage&)> login;
  /// A SCSI command, before any more data than came with it.
  std::function<bool(Stage&, const fake::Request&, const fake::Command&)> command;
  /// Data-Out of a write that has been answered before.
  std::function<void(const fake::Buffer&)> late_data;
  /// Any other PDU but Data-Out.
  std::function<bool(Stage&, const fake::Request&)> other;
  std::map<std::string, std::string> keys;  ///< in place of what the target would negotiate
  unsigned window = 64;
  int receive_buffer = 0;  ///< SO_RCVBUF, for a target that takes little at a time
};

/// A target in this process, on 127.0.0.1. What the script leaves alone is answered as by a disk of 512-byte
/// blocks in memory, filled with AAh.
class Puppet {
 public:
  explicit Puppet(Script script, std::uint64_t size = 16u << 20);
  ~Puppet();
  Puppet(const Puppet&) = delete;
  Puppet& operator=(const Puppet&) = delete;

  iscsi::Url url() const;
  unsigned logins() const { return logins_; }
  /// Complaints about the initiator: PDUs that make no sense.
  unsigned protocol_errors() const { return protocol_errors_; }
  /// Writes that brought data along with their command.
  unsigned immediate_data() const { return immediate_data_; }
  std::vector<std::byte> content();

 private:
  struct Write {
    fake::Request request;
    fake::Command command;
    fake::Buffer data;
    std::uint32_t r2t_sn = 0;
  };
  using Writes = std::map<std::uint32_t, Write>;
  struct Client {
    int socket;
    std::thread thread;
  };

  void accept_all();
  void serve(unsigned number, int socket);
  void converse(Stage& stage);
  void command(Stage& stage, Writes& writes, const fake::Request& request, fake::Buffer& data);
  void data_out(Stage& stage, Writes& writes, const fake::Request& request, const fake::Buffer& data);
  void advance(Stage& stage, Writes& writes, Write& write);
  void execute(Stage& stage, const fake::Request& request, const fake::Command& command,
               const fake::Buffer& out);

  const Script script_;
  fake::Options options_;
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<std::byte> content_;
  std::list<Client> clients_;
  bool over_ = false;
  std::atomic<unsigned> logins_{0}, protocol_errors_{0}, immediate_data_{0};
  std::thread thread_;
};

}  // namespace san::test
