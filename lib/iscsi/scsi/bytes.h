// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/endian.h"

namespace san::iscsi {

// Readers of SCSI data: bytes that were not sent read as 0, which in most fields means "not given".

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t offset);

template <typename T>
T value_at(std::span<const std::byte> bytes, std::size_t offset) {
  return read_at<T>(bytes, offset).value_or(T{});
}

/// Returns at most `length` bytes from `offset` on; fewer if there are no more.
std::span<const std::byte> part(std::span<const std::byte> bytes, std::size_t offset, std::size_t length);

/// Returns printable ASCII without the padding around it. SPC-4, 4.3.1 pads with spaces, some targets with
/// zeros.
std::string ascii(std::span<const std::byte> bytes);

/// Returns two lower-case hexadecimal digits per byte.
std::string hex(std::span<const std::byte> bytes);

}  // namespace san::iscsi
