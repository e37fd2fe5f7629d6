// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "copy/map/token.h"
#include "copy/map/writer_process.h"

namespace san::copy {

/// Name of a state of a destination that a clone map records: see clone-map(5), PROOF.
struct Epoch {
  Token token;                ///< drawn by each run, and whenever a known block is overwritten
  std::uint64_t counter = 0;  ///< grows before each flush whose blocks become known
  bool operator==(const Epoch&) const = default;
};

/// Mark in the hidden boot region of a destination: names the run of sanclone that writes there, and its
/// progress. clone-map(5) describes the format.
struct CloneMark {
  Token run;  ///< of the run, so that two of one process differ
  WriterProcess writer;
  std::uint64_t since = 0;  ///< begin of the run, in seconds since 1970
  std::uint64_t beat = 0;   ///< changes every second, for as long as the run lives
  Epoch epoch;
  bool operator==(const CloneMark&) const = default;
};

/// Bytes of a mark; it stands at the front of a block of the destination.
inline constexpr std::size_t kMarkBytes = 512;

/// Encodes a mark in `block` bytes, at least kMarkBytes; zeros follow it.
std::vector<std::byte> write_mark(const CloneMark& mark, std::size_t block);

/// Decodes the mark at the front of `block`. Returns nothing if there is none, or a damaged one.
std::optional<CloneMark> read_mark(std::span<const std::byte> block);

}  // namespace san::copy
