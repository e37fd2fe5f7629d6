// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "block/device.h"

/// What `work` throws, or nothing.
template <typename Work>
std::optional<san::Error> error_of(Work&& work) {
  try {
    work();
  } catch (const san::Error& error) {
    return error;
  }
  return std::nullopt;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::vector<std::byte> random_bytes(std::size_t count, std::uint_fast32_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> words(count / 8 + 1);
  for (std::uint64_t& word : words) word = random();
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

inline std::vector<std::byte> read_bytes(san::ReadableDevice& device, std::uint64_t offset,
                                         std::size_t count) {
  std::vector<std::byte> bytes(count, std::byte{0xEE});
  san::read_wait(device, offset, bytes);
  return bytes;
}

/// Random writes, zeros, unmaps and reads of a writable device, against a copy in memory that is right.
/// `content` is what the device holds.
inline void check_against_model(san::Device& device, std::vector<std::byte> content, unsigned seed,
                                int rounds) {
  std::mt19937 random(seed);
  const san::Limits limits = device.limits();
  const std::uint64_t block = limits.logical_block, blocks = device.size() / block;
  REQUIRE(content.size() == device.size());
  REQUIRE(limits.unmap_guaranteed);
  for (int i = 0; i < rounds; ++i) {
    const std::uint64_t first = random() % blocks;
    const std::uint64_t offset = first * block,
                        length = (1 + random() % std::min<std::uint64_t>(blocks - first, 600)) * block;
    const auto part = std::span(content).subspan(offset, length);
    switch (random() % 4) {
      case 0: {
        const auto bytes = random_bytes(length, random());
        san::write_wait(device, offset, bytes);
        std::copy(bytes.begin(), bytes.end(), part.begin());
        break;
      }
      case 1:
        san::zero_wait(device, offset, length);
        std::fill(part.begin(), part.end(), std::byte{0});
        break;
      case 2:
        san::unmap_wait(device, offset, length);
        std::fill(part.begin(), part.end(), std::byte{0});
        break;
      default:
        REQUIRE(read_bytes(device, offset, length) == std::vector<std::byte>(part.begin(), part.end()));
    }
  }
  REQUIRE(read_bytes(device, 0, device.size()) == content);
}

/// The request fails with an error that names the device.
template <typename Request>
void check_refused(const san::ReadableDevice& device, Request&& request) {
  const auto error = error_of(request);
  REQUIRE(error.has_value());
  CHECK(error->object() == device.name());
}

/// Reads that reach outside, or are not whole blocks, are refused.
inline void check_refuses_bad_reads(san::ReadableDevice& device) {
  const std::uint64_t size = device.size(), block = device.limits().logical_block;
  std::vector<std::byte> buffer(2 * block);
  check_refused(device, [&] { san::read_wait(device, size, buffer); });
  check_refused(device, [&] { san::read_wait(device, size - block, buffer); });
  check_refused(device, [&] { san::read_wait(device, ~std::uint64_t{0} - block + 1, buffer); });
  check_refused(device, [&] { san::read_wait(device, 1, buffer); });
  check_refused(device, [&] { san::read_wait(device, 0, std::span(buffer).first(block - 1)); });
  check_refused(device, [&] { device.extents(size, block); });
}

/// Requests of any kind that reach outside, or are not whole blocks, are refused.
inline void check_refuses_bad_ranges(san::Device& device) {
  check_refuses_bad_reads(device);
  const std::uint64_t size = device.size(), block = device.limits().logical_block;
  std::vector<std::byte> buffer(2 * block);
  check_refused(device, [&] { san::write_wait(device, size - block, buffer); });
  check_refused(device, [&] { san::write_wait(device, 3, buffer); });
  check_refused(device, [&] { san::zero_wait(device, size - block, 2 * block); });
  check_refused(device, [&] { san::unmap_wait(device, 0, block / 2); });
}

/// Extents are in order, without gap or overlap, and cover [offset, offset + length).
inline void check_cover(const std::vector<san::Extent>& extents, std::uint64_t offset, std::uint64_t length) {
  std::uint64_t next = offset;
  for (const san::Extent& extent : extents) {
    REQUIRE(extent.offset == next);
    REQUIRE(extent.length > 0);
    next = extent.end();
  }
  REQUIRE(next == offset + length);
}
