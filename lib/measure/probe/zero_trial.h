// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "block/device.h"

namespace san {

/// How sanclone's zero policy (--zero=prove) fares on a device.
struct ZeroTrial {
  enum class Method {
    unmap,    ///< deallocates, and reads both ends of each piece back
    written,  ///< writes zeros
  };
  Method method = Method::written;
  std::uint64_t piece = 0;  ///< bytes that are deallocated at a time, at most
  std::string why;          ///< why zeros are written
  /// The policy believed that there are zeros at this byte, and there are none.
  std::optional<std::uint64_t> deceived;
  /// Zeros were then written, and are still not there: the first byte.
  std::optional<std::uint64_t> left;
};

/// Makes zeros of `ranges` (offset and length in bytes) by the code that sanclone uses, and reads all of them
/// back. `moved` is told of bytes read. Throws Error.
ZeroTrial try_zero_policy(Device& device, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges,
                          const std::function<void(std::uint64_t)>& moved = {});

/// Writes zeros over `ranges`, deallocating nothing, and reads them back: the first byte that is none. Throws
/// Error.
std::optional<std::uint64_t> write_zeros(Device& device,
                                         const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges,
                                         const std::function<void(std::uint64_t)>& moved = {});

/// For people: "deallocated in pieces of at most 1.0 GiB, both ends of each read back".
std::string describe(const ZeroTrial& trial);

}  // namespace san
