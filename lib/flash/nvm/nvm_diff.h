// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "flash/flash_device.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// The words of two images of the same size that differ, in order, each with what it is for. The content of
/// fields with secrets, by either image's block, is masked. `family` may be null.
std::vector<FlashChange> nvm_differences(const NvmImage& before, const NvmImage& after,
                                         const NvmFamily* family);

/// What a word is for: "main setup options, port 1", "iSCSI block, target name, port 1"; empty where it is
/// not known.
std::string word_name(const NvmImage& image, const NvmFamily* family, std::size_t word);

}  // namespace san::flash
