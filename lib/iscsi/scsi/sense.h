// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace san::iscsi {

/// Sense keys (SPC-4, table 48).
enum class SenseKey : std::uint8_t {
  no_sense = 0x0,
  recovered_error = 0x1,
  not_ready = 0x2,
  medium_error = 0x3,
  hardware_error = 0x4,
  illegal_request = 0x5,
  unit_attention = 0x6,
  data_protect = 0x7,
  blank_check = 0x8,
  vendor_specific = 0x9,
  copy_aborted = 0xA,
  aborted_command = 0xB,
  volume_overflow = 0xD,
  miscompare = 0xE,
  completed = 0xF,
};

/// Sense data: the reason why a target did not carry out a command.
struct Sense {
  bool present = false;  ///< false: the target sent CHECK CONDITION without sense data, or damaged ones
  SenseKey key = SenseKey::no_sense;
  std::uint8_t asc = 0;
  std::uint8_t ascq = 0;
  /// True for formats 71h and 73h: the reason lies in an earlier command, which had already been answered;
  /// the command that was answered with this has not been carried out (SPC-4, 4.5.7).
  bool deferred = false;

  /// Returns ASC and ASCQ as one number: 0x2900.
  std::uint16_t code() const { return static_cast<std::uint16_t>(asc << 8 | ascq); }
  bool operator==(const Sense&) const = default;
};

/// Parses sense data of the fixed (70h, 71h) or descriptor (72h, 73h) format (SPC-4, 4.5).
Sense parse_sense(std::span<const std::byte> bytes);

/// Parses the data segment of an iSCSI SCSI Response: a 16-bit length, then sense data (RFC 7143, 11.4.7.2).
Sense parse_response_sense(std::span<const std::byte> segment);

/// Returns a clause for messages: "the medium is write protected (sense 7/27/00)".
std::string describe(const Sense& sense);

}  // namespace san::iscsi
