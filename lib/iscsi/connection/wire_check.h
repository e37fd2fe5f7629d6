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

/// The data of one command, as its PDUs tell of them.
struct Transfer {
  const char* command = "";  ///< for messages: "READ(16)"
  Direction direction = Direction::none;
  std::uint32_t length = 0;               ///< Expected Data Transfer Length
  std::uint32_t received = 0;             ///< bytes of Data-In so far, without a gap
  std::uint32_t sent = 0;                 ///< bytes of Data-Out PDUs that were handed to the network whole
  std::uint32_t data_sn = 0, r2t_sn = 0;  ///< what is due next
  std::optional<std::uint32_t> asked_to;  ///< where the last R2T's data end

  /// Bytes that have crossed the network.
  std::uint32_t moved() const { return direction == Direction::in ? received : sent; }
};

/// Follows both byte streams of one iSCSI connection, and judges each header of the target's before anybody
/// acts on it. libiscsi 1.19 does not look at the Response of a SCSI Response; it takes Data-In at any offset
/// of the buffer, and as many as come; it makes Data-Out PDUs of whatever an R2T asks for, without an end if
/// need be; and it uses memory that is not there for Data-In to a task without a command.
///
/// What is negotiated is taken for granted: one connection, ErrorRecoveryLevel 0, data in order
/// (DataPDUInOrder, DataSequenceInOrder), no data digest. Belongs to one thread.
class WireCheck {
 public:
  /// A command with this Initiator Task Tag is about to be sent. `transfer` stays where it is until forget().
  void expect(std::uint32_t tag, Transfer& transfer) { transfers_[tag] = &transfer; }
  void forget(std::uint32_t tag) { transfers_.erase(tag); }

  /// Bytes that came; `asked` is how many the reader wanted, which at the beginning of a PDU is the length of
  /// its header and digest. The event code of a vendor's Asynchronous Message is replaced by that of one that
  /// nobody acts on. False: the target has broken the protocol with them, and they must not be used.
  bool received(std::span<std::byte> bytes, std::size_t asked) noexcept;
  /// Bytes that the network took; `asked` is how many the sender offered, which at the beginning of a PDU is
  /// all of it but the payload of Data-Out.
  void sent(std::span<const std::byte> bytes, std::size_t asked) noexcept;

  /// To be called before a series of reads: it may have this many PDUs.
  void begin_turn(unsigned pdus) { left_ = pdus; }
  /// Whether a read may take place: a target that never stops sending must not keep us from anything else.
  bool may_read() const { return left_ > 0 || in_.have > 0 || in_.body > 0; }

  /// How the target broke the protocol, a clause about the target ("sent an R2T without data"); empty: it did
  /// not.
  const std::string& broken() const { return broken_; }
  /// The same from the outside: what the command's answer said does not agree with its transfer.
  void set_broken(std::string why) {
    if (broken_.empty()) broken_ = std::move(why);
  }
  /// The login has led to the full feature phase (RFC 7143, 6.3): the header that says so was seen here.
  bool logged_in() const { return full_feature_; }

 private:
  static constexpr std::size_t kHeader = 48, kDigest = 4;
  struct Stream {
    std::array<std::byte, kHeader + kDigest> header = {};
    std::byte* start = nullptr;          ///< where the reader's own copy of the header begins
    std::size_t have = 0, size = 0;      ///< of the header
    std::uint64_t body = 0;              ///< bytes of the PDU that are still to come
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
  Transfer* transfer(std::uint32_t tag) const;
  std::uint8_t byte(std::size_t at) const { return std::to_integer<std::uint8_t>(in_.header[at]); }
  std::uint32_t word(std::size_t at) const;

  Stream in_, out_;
  bool full_feature_ = false;
  unsigned left_ = 0;       ///< PDUs that may be begun in this turn
  unsigned questions_ = 0;  ///< NOP-Ins that ask for an answer which has not been sent
  std::unordered_map<std::uint32_t, Transfer*> transfers_;
  std::string broken_;
};

}  // namespace san::iscsi
