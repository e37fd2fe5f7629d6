// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "filesystem/needed_length.h"

namespace san::copy {

/// Keeps the parts of a stream that needed_length() reads of a disk: the first MiB, the records of logical
/// partitions, the first 256 KiB of each partition, and the last 128 KiB of each and of the whole. Their
/// offsets come from the partition table as soon as it has been read. Takes 64 MiB of memory at most; of
/// tables with so many partitions that this does not suffice, not all file systems are judged. Not
/// thread-safe.
class StreamJudge {
 public:
  /// Starts with an empty stream. `name` is for messages.
  explicit StreamJudge(std::string name);
  ~StreamJudge();
  StreamJudge(const StreamJudge&) = delete;
  StreamJudge& operator=(const StreamJudge&) = delete;

  /// Keeps the needed parts of `bytes`, the next ones of the stream.
  void take(std::span<const std::byte> bytes);
  /// Returns the length that the content of the stream states, after its end. A record of logical partitions
  /// that lies in front of the one that leads to it was not kept, and is not reported as missing. Throws
  /// Error(interrupted).
  filesystem::NeededLength judge();
  /// Returns the bytes taken.
  std::uint64_t length() const;

 private:
  class Pages;
  /// Reads the table as far as it has come by `end`. True if more is to be kept than before.
  bool plan(std::uint64_t end);

  std::unique_ptr<Pages> pages_;
  /// Last byte of the next record of logical partitions, if that is still to come.
  std::uint64_t next_record_;
};

}  // namespace san::copy
