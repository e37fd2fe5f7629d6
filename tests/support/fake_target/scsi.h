// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "fake_target/options.h"
#include "fake_target/pdu.h"
#include "fake_target/rules.h"
#include "fake_target/store.h"

namespace fake {

/// SAM-5, 5.3.1.
enum class Status : std::uint8_t { good = 0x00, check = 0x02, busy = 0x08, conflict = 0x18, full = 0x28 };

struct Result {
  Status status = Status::good;
  std::optional<Sense> sense;
  Buffer in;  ///< data for the initiator
};

inline Result check_condition(Sense sense) {
  return {Status::check, sense, {}};
}
inline Result illegal_request(std::uint8_t asc) {
  return check_condition({0x05, asc, 0x00});
}
namespace asc {
inline constexpr std::uint8_t invalid_opcode = 0x20, lba_out_of_range = 0x21, invalid_field = 0x24,
                              no_such_lun = 0x25, invalid_parameter = 0x26;
}

/// A decoded CDB.
struct Command {
  std::array<std::uint8_t, 16> cdb = {};
  Op op = Op::other;
  std::uint64_t lba = 0, blocks = 0;
  std::uint64_t out_length = 0;   ///< bytes that the device wants from the initiator
  std::uint32_t allocation = 0;   ///< most bytes that the initiator takes
  bool whole_medium_end = false;  ///< WRITE SAME with 0 blocks: to the end

  bool unmap_bit() const { return op == Op::writesame && (cdb[1] & 0x08) != 0; }
};

/// `block_size` tells how much data comes with it.
Command decode(std::span<const std::uint8_t> cdb, std::uint32_t block_size);

/// One range of an UNMAP parameter list.
struct Range {
  std::uint64_t lba = 0, blocks = 0;
};
std::vector<Range> unmap_ranges(std::span<const std::byte> parameters);

/// The designator of the first or second logical unit; NAA 3: locally assigned.
constexpr std::uint64_t naa_of(unsigned index) {
  return 0x3000000000fa4e01 + index;
}

/// The logical unit. Not thread-safe.
class Disk {
 public:
  /// `index`: 0 the first, 1 the second.
  Disk(const Options& options, Store& store, unsigned index)
      : options_(options), store_(store), index_(index) {}

  /// Does what an honest disk does. `lun_exists` is false for any other LUN than those there are.
  Result execute(const Command& command, std::span<const std::byte> out, bool lun_exists);

 private:
  Result read(const Command& command);
  Result write(const Command& command, std::span<const std::byte> out);
  Result write_same(const Command& command, std::span<const std::byte> out);
  Result unmap(std::span<const std::byte> out);
  Result lba_status(const Command& command);
  Result read_capacity(const Command& command);
  Result report_luns(const Command& command) const;
  Result inquiry(const Command& command, bool lun_exists) const;
  Result mode_sense(const Command& command) const;
  std::optional<Result> refuse(const Command& command, bool writes) const;
  bool too_long(const Command& command) const;
  bool in_range(std::uint64_t lba, std::uint64_t blocks) const;

  const Options& options_;
  Store& store_;
  const unsigned index_;
};

/// Cuts `in` to what the initiator takes.
Buffer cut(Buffer in, std::uint32_t allocation);

}  // namespace fake
