// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "iscsi/lun/lun_info.h"
#include "iscsi/scsi/cdb.h"

namespace san::iscsi {

/// One end of a third-party copy, as it is named to the copy manager.
struct CopyEnd {
  std::vector<std::byte> naa;    ///< NAA designator of the logical unit: 8 or 16 bytes (SPC-4, 7.8.6.6)
  std::uint32_t block_size = 0;  ///< bytes, below 2^24
};

/// A block-to-block segment (SPC-4, 6.4.6.5); 0 blocks copy nothing.
struct CopySegment {
  std::uint64_t source_lba = 0, destination_lba = 0;
  std::uint16_t blocks = 0;
};

/// Limits of a copy manager: the answer to OPERATING PARAMETERS (SPC-3, 6.17.4). The names are those of
/// SPC-4.
struct CopyParameters {
  std::uint16_t max_cscd_descriptors = 0;
  std::uint16_t max_segment_descriptors = 0;
  std::uint32_t max_descriptor_list = 0;  ///< bytes of all CSCD and segment descriptors of one command
  std::uint32_t max_segment_length = 0;   ///< bytes; 0 is no limit
  std::uint16_t total_concurrent = 0;     ///< commands of all initiators; 0 if not reported
  std::uint8_t max_concurrent = 0;        ///< commands
  std::uint8_t granularity_exponent = 0;  ///< a segment is a multiple of 2^n bytes
  std::vector<std::uint8_t> descriptors;  ///< type codes of the supported descriptors

  bool knows(std::uint8_t descriptor) const;
};

inline constexpr std::uint8_t kBlockToBlock = 0x02;    ///< type code of the segment descriptor
inline constexpr std::uint8_t kIdentification = 0xE4;  ///< type code of the CSCD descriptor

/// Status of one EXTENDED COPY command: the answer to COPY STATUS (SPC-3, 6.17.2).
struct CopyStatus {
  enum class State { in_progress, completed, failed, unknown };
  State state = State::unknown;
  std::uint16_t segments = 0;  ///< segments processed
  /// Bytes written, rounded down to `unit`; nothing if the unit is a reserved one.
  std::optional<std::uint64_t> count;
  std::uint64_t unit = 1;  ///< bytes of the unit of `count`; for code F1h the block size

  /// Returns the bytes from the front of a copy of `length` bytes that this status confirms. A count that is
  /// less than one unit short confirms all of them; without a count, a completed copy with at least one
  /// segment does.
  std::uint64_t copied(std::uint64_t length) const;
};

/// Returns EXTENDED COPY (SPC-3, 6.3; in SPC-4, 6.4, the form LID1) with a parameter list of `length` bytes
/// (SPC-4, 6.4).
Cdb extended_copy(std::uint32_t length);
/// Returns RECEIVE COPY RESULTS with the service action COPY STATUS, which SPC-4 calls RECEIVE COPY
/// STATUS(LID1). The target knows only the last copy with this list identifier of the same session.
Cdb receive_copy_status(std::uint8_t list_id, std::uint32_t allocation);
/// Returns RECEIVE COPY RESULTS with the service action OPERATING PARAMETERS.
Cdb receive_copy_parameters(std::uint32_t allocation);

/// Returns the parameter list of EXTENDED COPY(LID1): two CSCD descriptors, then the segments from the first
/// to the second (SPC-4, 6.4.3 to 6.4.6). It allows the status to be asked for afterwards; data are not held.
std::vector<std::byte> copy_parameter_list(std::uint8_t list_id, const CopyEnd& source,
                                           const CopyEnd& destination, std::span<const CopySegment> segments);
/// Returns the bytes of the descriptors in a list of `segments` segments.
std::size_t copy_descriptor_bytes(std::size_t segments);

/// Parses the answer to OPERATING PARAMETERS, however short or absurd. Returns nothing if it is not usable at
/// all.
std::optional<CopyParameters> parse_copy_parameters(std::span<const std::byte> bytes);
/// Parses the answer to COPY STATUS, however short or absurd. `block_size`: bytes of a block of the source.
/// Returns nothing if it is not usable at all.
std::optional<CopyStatus> parse_copy_status(std::span<const std::byte> bytes, std::uint32_t block_size);

/// Returns the designator by which a copy manager finds the logical unit: the longest NAA designator of the
/// unit itself. Returns nothing if it has none.
std::optional<CopyEnd> copy_end(const LunInfo& lun);

}  // namespace san::iscsi
