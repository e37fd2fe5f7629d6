// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace san {

/// One of the files that an image is read from.
struct ChainLink {
  std::string path;
  std::string format;  ///< as QEMU's -f has it
};

/// The files that the qcow2 image `path` is read from: itself, the backing file that it names, the one that
/// this names, to the end. A name that is no absolute path is one in the directory of the image that has it.
///
/// Nothing is found out by looking: each image has to say of what format its backing file is, and that file
/// has to be of it. Throws Error(refused) that names the file otherwise, and where a backing file is no file
/// (nbd://…), names others in a way that is not followed (VMDK, VHD), or is in the chain already;
/// Error(failed) where one cannot be read.
std::vector<ChainLink> backing_chain(const std::string& path);

}  // namespace san
