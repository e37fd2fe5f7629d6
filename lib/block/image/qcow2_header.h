// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san {

/// What a qcow2 image says of the file under it.
struct BackingFile {
  std::string
      name;  ///< as it stands there; empty where there is none, or it is not within what was looked at
  std::string format;  ///< of that file, as QEMU calls it; empty where the image does not say
};

/// The backing file of the image that begins with `front` (docs/interop/qcow2.txt of QEMU: "Header", "Header
/// extensions").
BackingFile backing_of(std::span<const std::byte> front);

}  // namespace san
