// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace san::iscsi {

enum class Direction { none, in, out };

/// Progress of the data of one command, as its PDUs report it.
struct WireTransfer {
  const char* command = "";  ///< for messages: "READ(16)"
  Direction direction = Direction::none;
  std::uint32_t length = 0;    ///< Expected Data Transfer Length
  std::uint32_t received = 0;  ///< contiguous bytes of Data-In so far
  std::uint32_t sent = 0;      ///< bytes of Data-Out PDUs that were handed to the network completely
  std::uint32_t data_sn = 0, r2t_sn = 0;  ///< next expected numbers
  std::optional<std::uint32_t> asked_to;  ///< end offset of the last R2T's data

  /// Returns the number of bytes that have crossed the network.
  std::uint32_t moved() const { return direction == Direction::in ? received : sent; }
};

/// Follows both byte streams of one iSCSI connection, and checks each header from the target before libiscsi
/// uses it. libiscsi 1.19 does not look at the Response of a SCSI Response; it accepts Data-In at any offset
/// of the buffer, and any amount of it; it makes Data-Out PDUs for any range of an R2T, without an end if
/// need be; and it accesses invalid memory for Data-In to a task without a command.
///
/// The negotiated parameters are assumed: one connection, ErrorRecoveryLevel 0, data in order
/// (DataPDUInOrder, DataSequenceInOrder), no data digest. Belongs to one thread.
class WireCheck {
 public:
  /// Announces a command with this Initiator Task Tag before it is sent. `transfer` must stay valid until
  /// forget().
  void expect(std::uint32_t tag, WireTransfer& transfer) { transfers_[tag] = &transfer; }
  void forget(std::uint32_t tag) { transfers_.erase(tag); }

  /// Checks bytes that were received. `asked` is the number of bytes that the reader requested, which at the
  /// beginning of a PDU is the length of its header and digest. The event code of a vendor's Asynchronous
  /// Message is replaced by one that is ignored. Returns false if the target has broken the protocol; then
  /// the bytes must not be used.
  bool received(std::span<std::byte> bytes, std::size_t asked) noexcept;
  /// Records bytes that the network accepted. `asked` is the number of bytes that the sender offered, which
  /// at the beginning of a PDU is all of it except the payload of Data-Out.
  void sent(std::span<const std::byte> bytes, std::size_t asked) noexcept;

  /// Sets the number of PDUs that the following reads may begin. Call it before a series of reads.
  void begin_turn(unsigned pdus) { left_ = pdus; }
  /// Returns true if a read may take place: a target that never stops sending must not starve everything
  /// else.
  bool may_read() const { return left_ > 0 || in_.have > 0 || in_.body > 0; }

  /// Returns the target's protocol violation as a clause about the target ("sent an R2T without data"); empty
  /// if there is none.
  const std::string& broken() const { return broken_; }
  /// Records a violation that the caller found: the answer to a command disagrees with its transfer. The
  /// first one is kept.
  void set_broken(std::string why) {
    if (broken_.empty()) broken_ = std::move(why);
  }
  /// Returns true if the login has led to the full feature phase (RFC 7143, 6.3), by the header that was seen
  /// here.
  bool logged_in() const { return full_feature_; }

 private:
  static constexpr std::size_t kHeader = 48, kDigest = 4;
  struct Stream {
    std::array<std::byte, kHeader + kDigest> header = {};
    std::byte* start = nullptr;          ///< begin of the header in the reader's own buffer
    std::size_t have = 0, size = 0;      ///< bytes of the header
    std::uint64_t body = 0;              ///< bytes of the PDU still to come
    std::uint32_t tag = 0, payload = 0;  ///< of a Data-Out
  };

  bool take_header(std::span<std::byte> bytes);
  std::string judge();
  std::string judge_response() const;
  std::string judge_data_in();
  std::string judge_r2t();
  void pass_event();
  void begin_sending(std::size_t asked);
  void end_sending();
  WireTransfer* transfer(std::uint32_t tag) const;
  std::uint8_t byte(std::size_t at) const { return std::to_integer<std::uint8_t>(in_.header[at]); }
  std::uint32_t word(std::size_t at) const;

  Stream in_, out_;
  bool full_feature_ = false;
  unsigned left_ = 0;       ///< PDUs that may still be begun in this turn
  unsigned questions_ = 0;  ///< NOP-Ins that ask for an answer not sent yet
  std::unordered_map<std::uint32_t, WireTransfer*> transfers_;
  std::string broken_;
};

}  // namespace san::iscsi
