// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// A registry hive with a root key and nothing else, which hivex and hivexregedit can fill: a base block, and
/// a bin with the root key, its security descriptor, and free space.
inline std::vector<std::byte> minimal_hive() {
  std::vector<std::byte> hive(8192);
  const auto put = [&hive](std::size_t at, std::uint32_t value, std::size_t bytes = 4) {
    for (std::size_t i = 0; i < bytes; ++i) hive[at + i] = static_cast<std::byte>(value >> 8 * i & 0xff);
  };
  const auto text = [&hive](std::size_t at, std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) hive[at + i] = static_cast<std::byte>(value[i]);
  };
  constexpr std::uint32_t kRoot = 0x20, kRootSize = 88, kSecurity = kRoot + kRootSize, kSecuritySize = 48;
  constexpr std::uint32_t kFree = kSecurity + kSecuritySize, kNowhere = 0xffffffff;

  text(0, "regf");
  put(4, 1), put(8, 1);           // sequence numbers
  put(20, 1), put(24, 3);         // version 1.3
  put(32, 1);                     // format: direct memory load
  put(36, kRoot), put(40, 4096);  // root cell, size of the bins
  put(44, 1);                     // clustering factor

  constexpr std::size_t kBin = 4096;
  text(kBin, "hbin");
  put(kBin + 8, 4096);

  const std::size_t root = kBin + kRoot + 4;
  put(root - 4, 0U - kRootSize);
  text(root, "nk");
  put(root + 2, 0x2c, 2);  // root of a hive, not to be deleted, name in Latin-1
  put(root + 16, kNowhere);
  put(root + 28, kNowhere), put(root + 32, kNowhere);  // lists of subkeys
  put(root + 40, kNowhere);                            // list of values
  put(root + 44, kSecurity), put(root + 48, kNowhere);
  put(root + 72, 4, 2);
  text(root + 76, "ROOT");

  const std::size_t security = kBin + kSecurity + 4;
  put(security - 4, 0U - kSecuritySize);
  text(security, "sk");
  put(security + 4, kSecurity), put(security + 8, kSecurity);  // a ring of one
  put(security + 12, 1), put(security + 16, 20);
  put(security + 20, 1, 1), put(security + 22, 0x8000, 2);  // self-relative, of nobody

  put(kBin + kFree, 4096 - kFree);

  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < 508; at += 4)
    for (std::size_t i = 0; i < 4; ++i) sum ^= std::to_integer<std::uint32_t>(hive[at + i]) << 8 * i;
  put(508, sum);
  return hive;
}
