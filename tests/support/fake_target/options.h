// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fake_target/pdu.h"
#include "fake_target/rules.h"

namespace fake {

struct Account {
  std::string user, secret;  ///< no user: not asked for
};

/// What the command line says.
struct Options {
  std::uint16_t port = 0;
  std::uint16_t xcopy_concurrent = 4;  ///< copies at a time, as told
  bool lbpme = false, lbprz = false, lbpu = false, lbpws = false, write_protected = false;
  bool xcopy = false, xcopy_quiet = false;  ///< EXTENDED COPY; without COPY STATUS
  std::byte fill{0};
  unsigned lun = 1;
  std::uint32_t block_size = 512;
  std::string iqn = "iqn.2026-11.org.example:fake";
  std::uint64_t size = 64 << 20;
  std::uint64_t xcopy_segment = 16 << 20;  ///< most bytes of a segment
  std::string image, log;
  std::string second;                                     ///< empty: there is no second LUN
  std::uint64_t unmap_granularity = 0, max_transfer = 0;  ///< in bytes; 0: one block, no limit
  std::uint64_t claimed_size = 0;                         ///< what READ CAPACITY says
  Buffer capacity_raw;                                    ///< whole answer to READ CAPACITY(16), if not empty
  unsigned queue = 128;                                   ///< width of the command window
  Account chap, mutual;
  std::map<std::string, std::string> keys;      ///< what the target wants in operational negotiation
  std::map<std::string, std::string> insisted;  ///< what the initiator has to offer there
  std::vector<Rule> rules;
  /// Whole answers to the commands whose CDB begins like that, whatever they are to.
  std::vector<std::pair<Buffer, Buffer>> answers;
  std::optional<Buffer> send_targets;  ///< the text that answers SendTargets

  /// The answer to a CDB, if it is a matter of `answers`.
  const Buffer* answer_to(std::span<const std::uint8_t> cdb) const;

  std::uint64_t blocks() const { return size / block_size; }
  std::uint32_t unmap_blocks() const {
    return std::max(1u, static_cast<std::uint32_t>(unmap_granularity / block_size));
  }
  std::uint32_t max_transfer_blocks() const { return static_cast<std::uint32_t>(max_transfer / block_size); }
};

/// Throws san::Error(usage). Prints the help and exits for --help.
Options parse_options(int argc, char** argv);

}  // namespace fake
