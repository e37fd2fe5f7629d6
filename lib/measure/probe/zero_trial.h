// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "block/device.h"
#include "core/range.h"

namespace san::measure {

/// Result of sanclone's zero policy (--zero=prove) on a device.
struct ZeroTrial {
  /// Way in which the policy makes zeros.
  enum class Method {
    unmap,    ///< deallocates, and reads both ends of each piece back
    written,  ///< writes zeros
  };
  Method method = Method::written;
  std::uint64_t piece = 0;  ///< bytes deallocated at a time, at most
  std::string why;          ///< reason why zeros are written
  /// First byte that the policy found to be zero and that is not.
  std::optional<std::uint64_t> deceived;
  /// First byte that is still not zero after zeros were written.
  std::optional<std::uint64_t> left;
};

/// Makes zeros of `ranges` by the code that sanclone uses, and reads all of them
/// back. `moved` is called with numbers of bytes read. Throws Error.
ZeroTrial try_zero_policy(Device& device, const RangeSet& ranges,
                          const std::function<void(std::uint64_t)>& moved = {});

/// Writes zeros over `ranges`, without deallocation, and reads them back. Returns the first byte that is not
/// zero; nothing if there is none. Throws Error.
std::optional<std::uint64_t> write_zeros(Device& device, const RangeSet& ranges,
                                         const std::function<void(std::uint64_t)>& moved = {});

/// Formats it for people: "deallocated in pieces of at most 1.0 GiB, both ends of each read back".
std::string describe(const ZeroTrial& trial);

}  // namespace san::measure
