// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "filesystem/needed_length.h"

namespace san {

/// Keeps of a stream what needed_length() reads of a disk: the first MiB, the records of logical partitions,
/// the first 256 KiB of each partition and the last 128 KiB of it and of all. Where each is, the partition
/// table says as soon as it has come. Takes 64 MiB of memory at most; of tables with so many partitions not
/// all file systems are judged.
class StreamJudge {
 public:
  /// `name` is for messages.
  explicit StreamJudge(std::string name);
  ~StreamJudge();
  StreamJudge(const StreamJudge&) = delete;
  StreamJudge& operator=(const StreamJudge&) = delete;

  /// The next bytes of the stream.
  void take(std::span<const std::byte> bytes);
  /// What the stream says of its length, now that it has come to its end. A record of logical partitions that
  /// lies in front of the one that leads to it was not kept, and is not missed. Throws Error(interrupted).
  NeededLength judge();
  /// Bytes that have come.
  std::uint64_t length() const;

 private:
  class Pages;
  /// Reads the table, as far as it has come by `end`. True if more is to be kept than before.
  bool plan(std::uint64_t end);

  std::unique_ptr<Pages> pages_;
  std::uint64_t next_record_;  ///< last byte of the next record of logical partitions, if that is to come
};

}  // namespace san
