// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/range.h"
#include "iscsi/connection/scsi_transport.h"
#include "iscsi/lun/lun_info.h"
#include "measure/probe/finding.h"

namespace san::measure {

/// Content of a range that was read, in blocks.
struct Content {
  std::uint64_t zeros = 0;                                         ///< all zeros
  std::uint64_t pattern = 0;                                       ///< the pattern that was written
  std::uint64_t other = 0;                                         ///< anything else
  std::optional<std::uint64_t> first_not_zero, first_not_pattern;  ///< LBA

  bool all_zeros() const { return pattern == 0 && other == 0; }
  bool all_pattern() const { return zeros == 0 && other == 0; }
};

/// Scratch LUN under probe: commands by name, and a pattern from which every block shows its LBA and the
/// generation of its write. No block of a pattern is all zeros. Not thread-safe.
class ProbedLun {
 public:
  /// Probes `lun`, whose capacity is known, over `transport`, both of which must outlive it. `moved` is
  /// called with numbers of bytes read and written.
  ProbedLun(iscsi::ScsiTransport& transport, const iscsi::LunInfo& lun,
            std::function<void(std::uint64_t)> moved = {});

  const iscsi::LunInfo& lun() const { return lun_; }
  std::uint64_t blocks() const { return lun_.capacity->blocks; }
  std::uint32_t block() const { return lun_.capacity->block_size; }
  /// Returns true if the commands of 16 bytes are to be used.
  bool sixteen() const { return lun_.long_form(); }

  /// Sends a command; `slow`: one that may take long on a healthy target, 30 s instead of 8 s. Throws
  /// Inconclusive if no answer came, and for every command after one with the same operation code that hung,
  /// without sending it.
  iscsi::Answer command(const char* what, const iscsi::Cdb& cdb, bool slow = false);
  iscsi::Answer command_in(const char* what, const iscsi::Cdb& cdb, std::span<std::byte> data);
  iscsi::Answer command_out(const char* what, const iscsi::Cdb& cdb, std::span<const std::byte> data,
                            bool slow = false);
  /// Sends a command that reads at most `length` bytes.
  iscsi::ScsiReply receive(const char* what, const iscsi::Cdb& cdb, std::size_t length);

  /// Returns `blocks` blocks of the pattern of `generation` for `lba` and the blocks behind it.
  std::vector<std::byte> pattern(std::uint64_t lba, std::uint64_t blocks, std::uint32_t generation) const;
  /// Returns a generation that was not used before.
  std::uint32_t next_generation() { return ++generation_; }
  /// Writes the pattern. Throws Inconclusive if that fails.
  void write(std::uint64_t lba, std::uint64_t blocks, std::uint32_t generation);
  /// Reads a range and compares it with the pattern, which is that of `as_lba` if the range is a copy from
  /// there. Throws Inconclusive if that fails.
  Content look(std::uint64_t lba, std::uint64_t blocks, std::uint32_t generation,
               std::optional<std::uint64_t> as_lba = {});
  /// Records a range that may have been written by another command than write().
  void touched(std::uint64_t lba, std::uint64_t blocks);

  /// Returns all ranges written, in bytes.
  const RangeSet& written() const { return written_; }

 private:
  iscsi::Answer send(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                     std::span<std::byte> data, bool slow);
  std::uint64_t chunk() const;

  iscsi::ScsiTransport& transport_;
  const iscsi::LunInfo& lun_;
  const std::function<void(std::uint64_t)> moved_;
  std::uint32_t generation_ = 0;
  std::vector<std::uint8_t> hung_;  ///< operation codes
  RangeSet written_;
};

/// Formats a range: "LBA 0 to 2047".
std::string lba_range(std::uint64_t lba, std::uint64_t blocks);

}  // namespace san::measure
