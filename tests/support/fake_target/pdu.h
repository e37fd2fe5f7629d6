// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/endian.h"

namespace fake {

using Buffer = std::vector<std::byte>;

/// Opcodes of RFC 7143, 11.2.1.2.
namespace opcode {
inline constexpr std::uint8_t nop_out = 0x00, scsi_command = 0x01, task_management = 0x02, login = 0x03,
                              text = 0x04, data_out = 0x05, logout = 0x06;
inline constexpr std::uint8_t nop_in = 0x20, scsi_response = 0x21, task_management_response = 0x22,
                              login_response = 0x23, text_response = 0x24, data_in = 0x25,
                              logout_response = 0x26, r2t = 0x31, reject = 0x3f;
}  // namespace opcode

inline constexpr std::uint8_t kFinal = 0x80;         ///< the F (and T) bit of byte 1
inline constexpr std::uint8_t kImmediate = 0x40;     ///< the I bit of byte 0
inline constexpr std::uint32_t kNoTag = 0xffffffff;  ///< a task tag that names nothing

/// The basic header segment of what an initiator sends (RFC 7143, 11.2 to 11.14). Words that change their
/// meaning with the opcode bear their byte number.
struct Request {
  std::uint8_t opcode = 0;
  std::uint8_t flags = 0;
  std::uint8_t byte2 = 0;
  std::uint8_t byte3 = 0;
  std::uint8_t ahs_words = 0;
  san::be24 data_length;
  std::uint8_t lun[8] = {};  ///< in a login: ISID and TSIH
  san::be32 tag;             ///< initiator task tag
  san::be32 word20;          ///< expected data transfer length, target transfer tag or referenced task tag
  san::be32 cmd_sn;
  san::be32 exp_stat_sn;
  std::uint8_t tail[16] = {};  ///< the CDB of a SCSI command

  std::uint8_t code() const { return opcode & 0x3f; }
  bool immediate() const { return (opcode & kImmediate) != 0; }
  bool final() const { return (flags & kFinal) != 0; }
};
static_assert(sizeof(Request) == 48);

/// The basic header segment of what a target sends.
struct Response {
  std::uint8_t opcode = 0;
  std::uint8_t flags = kFinal;
  std::uint8_t byte2 = 0;  ///< response code or reason
  std::uint8_t byte3 = 0;  ///< SCSI status
  std::uint8_t ahs_words = 0;
  san::be24 data_length;
  std::uint8_t lun[8] = {};
  san::be32 tag;
  san::be32 transfer_tag;
  san::be32 stat_sn;
  san::be32 exp_cmd_sn;
  san::be32 max_cmd_sn;
  san::be32 word36;  ///< DataSN, R2TSN, or the status of a login in its upper half
  san::be32 word40;  ///< buffer offset
  san::be32 word44;  ///< residual count or desired length
};
static_assert(sizeof(Response) == 48);

/// Thrown where a connection ends, for whatever reason.
struct Closed {};

/// Sends and receives whole PDUs, without digests, over a connected socket, which it owns.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Waits for the next PDU; `data` is its data segment. Throws Closed.
  Request receive(Buffer& data);
  /// Fills in the length of the data segment and pads it. Throws Closed.
  void send(Response response, std::span<const std::byte> data = {});

 private:
  void receive_all(void* into, std::size_t length);
  int socket_;
};

/// key=value pairs of login and text PDUs, each ended by a NUL (RFC 7143, 6.1).
using Keys = std::vector<std::pair<std::string, std::string>>;
Keys parse_keys(std::span<const std::byte> data);
Buffer format_keys(const Keys& keys);
/// The value of `key`; an empty string where it is not there.
std::string find_key(const Keys& keys, const std::string& key);

}  // namespace fake
