// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fake_target/scsi.h"

namespace fake {

/// What EXTENDED COPY orders: blocks from one of the logical units named to another.
struct CopyOrder {
  struct Segment {
    std::uint64_t from = 0, to = 0, blocks = 0;
    std::size_t from_unit = 0, to_unit = 0;  ///< indexes of `units`
  };
  std::uint8_t id = 0;
  std::vector<std::uint64_t> units;  ///< NAA designators
  std::vector<Segment> segments;
  std::optional<Sense> wrong;  ///< why it is refused
};

/// What COPY STATUS tells of an order that has ended.
struct CopyRecord {
  std::uint16_t segments = 0;
  std::uint64_t bytes = 0;
  bool failed = false;
};

/// Reads a parameter list of the form LID1 (SPC-4, 6.4), and refuses what Options does not allow.
CopyOrder parse_copy_order(std::span<const std::byte> list, const Options& options);

/// The answers to RECEIVE COPY RESULTS (SPC-3, 6.17): OPERATING PARAMETERS and COPY STATUS.
Buffer operating_parameters(const Options& options);
Buffer copy_status(const CopyRecord& record);

}  // namespace fake
