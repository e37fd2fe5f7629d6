// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace san {

/// One file of the chain from which an image is read.
struct ChainLink {
  std::string path;
  std::string format;  ///< format as QEMU's option -f names it
};

/// Lists the files from which the qcow2 image `path` is read: itself, its backing file, the backing file of
/// that one, and so on to the end. A relative name is taken from the directory of the image that has it.
///
/// Formats are never guessed: each image must state the format of its backing file, and that file must have
/// it. Throws Error(refused), naming the file, otherwise, and if a backing file is not a file (nbd://…),
/// names others in a way that is not followed (VMDK, VHD), or is in the chain already; Error(failed) if one
/// cannot be read.
std::vector<ChainLink> backing_chain(const std::string& path);

}  // namespace san
