// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/error.h"

namespace san {

/// How far a transfer came: whole where `bytes` is what was asked for; otherwise the end of the file was met
/// (`error` is 0, reads only) or `error` is the errno that stopped it.
struct Transfer {
  std::size_t bytes = 0;
  int error = 0;
};

/// pread(2) until `into` is full, whatever signals and short counts come between.
Transfer read_fully(int fd, std::uint64_t offset, std::span<std::byte> into);

/// pwrite(2) until all of `from` is written. A write of nothing counts as ENOSPC.
Transfer write_fully(int fd, std::uint64_t offset, std::span<const std::byte> from);

/// fallocate(2), repeated while signals interrupt it; 0 or the errno.
int fallocate_fully(int fd, int mode, std::uint64_t offset, std::uint64_t length);

/// The Error of a request that the kernel failed by `error`: what was being done ("write"), the range, the
/// cause, and the next step.
Error io_error(const std::string& name, const std::string& doing, std::uint64_t offset, std::uint64_t length,
               int error);

/// The Error of a file that has `bytes` bytes and had more when it was opened.
Error became_shorter(const std::string& name, std::uint64_t bytes, std::uint64_t had);

}  // namespace san
