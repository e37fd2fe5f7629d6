// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "flash/flash_device.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// Returns the words that differ between two images of the same size, in order, each with its purpose.
/// Secrets, as located by either image's block, are masked. `family` may be null.
std::vector<FlashChange> nvm_differences(const NvmImage& before, const NvmImage& after,
                                         const NvmFamily* family);

/// Returns the purpose of a word: "main setup options, port 1", "iSCSI block, target name, port 1"; empty if
/// it is not known.
std::string word_name(const NvmImage& image, const NvmFamily* family, std::size_t word);

}  // namespace san::flash
