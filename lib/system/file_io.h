// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/error.h"

namespace san {

/// Result of a transfer: complete if `bytes` is the number requested. Otherwise a read met the end of the
/// file (`error` is 0), or `error` is the errno that stopped it.
struct Transfer {
  std::size_t bytes = 0;
  int error = 0;
};

/// Repeats pread(2) until `into` is full, across signals and short counts.
Transfer read_fully(int fd, std::uint64_t offset, std::span<std::byte> into);

/// Repeats pwrite(2) until all of `from` is written. A write that returns 0 counts as ENOSPC.
Transfer write_fully(int fd, std::uint64_t offset, std::span<const std::byte> from);

/// Repeats fallocate(2) while signals interrupt it. Returns 0 or the errno.
int fallocate_fully(int fd, int mode, std::uint64_t offset, std::uint64_t length);

/// Makes the Error of a request that failed with errno `error`: what was being done ("write"), the range, the
/// cause, and the next step.
Error io_error(const std::string& name, const std::string& doing, std::uint64_t offset, std::uint64_t length,
               int error);

/// Makes the Error of a file that has `bytes` bytes now and had `had` bytes when it was opened.
Error became_shorter(const std::string& name, std::uint64_t bytes, std::uint64_t had);

}  // namespace san
