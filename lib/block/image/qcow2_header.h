// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace san {

/// The backing file that a qcow2 image names.
struct BackingFile {
  std::string name;  ///< name as written in the image; empty if there is none, or it is beyond the bytes read
  std::string format;  ///< format of that file in QEMU's terms; empty if the image has none
};

/// Reads the backing file from the front of an image (docs/interop/qcow2.txt of QEMU: "Header", "Header
/// extensions").
BackingFile backing_of(std::span<const std::byte> front);

}  // namespace san
