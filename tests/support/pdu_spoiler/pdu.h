// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spoiler {

using Buffer = std::vector<std::uint8_t>;

/// A PDU without digests, as it stands on the wire: 48 bytes of header, additional header segments, data,
/// padding (RFC 7143, 11.2).
struct Pdu {
  Buffer bytes = Buffer(48);

  std::uint8_t code() const { return bytes[0] & 0x3f; }
  std::uint32_t word(std::size_t at) const;
  void set_word(std::size_t at, std::uint32_t value);
  std::uint32_t tag() const { return word(16); }
  /// DataSegmentLength.
  std::uint32_t length() const { return word(4) & 0xffffff; }
  /// Gives it this data segment, padded.
  void set_data(const Buffer& data);
  Buffer data() const;
};

/// What a PDU of the target is about.
enum class Kind {
  login,      ///< Login Response
  in_data,    ///< Data-In of a READ
  in_status,  ///< the Data-In of a READ that brings the status
  status,     ///< the SCSI Response to a WRITE
  r2t,        ///< an R2T for a WRITE
  out_data,   ///< Data-Out, the only kind that the initiator sends
  any,        ///< whatever the target sends after the login
  none
};

/// What spoiling one PDU leads to.
struct Spoil {
  Pdu pdu;  ///< the PDU in question; sent behind `before` unless `swallow`
  std::vector<Buffer> before, after;
  bool swallow = false;
  bool close = false;    ///< the connection is closed behind all that
  bool reset = false;    ///< and by a reset, not by a FIN
  bool endless = false;  ///< `after` is sent again and again, until the initiator closes
  /// ITTs of commands under way: reads, writes.
  std::uint32_t a_read = 0xffffffff, a_write = 0xffffffff;
  std::string address;  ///< of the spoiler itself
};

struct Mode {
  const char* name;
  Kind kind;
  void (*spoil)(Spoil& spoil);
  /// From the N-th PDU on all of the kind are hit, not only that one.
  bool always = false;
};

const std::vector<Mode>& modes();

}  // namespace spoiler
