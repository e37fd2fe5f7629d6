// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/error.h"
#include "flash/flash_file.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {
std::unique_ptr<FlashDevice> open_nvm_file(const std::string& name, const std::string& path,
                                           const NvmOptions& options) {
  const auto content = read_flash_file(path, kMaxFlashFile);
  const auto writer = [path](const NvmImage&, const NvmImage& after) {
    const auto wanted = after.file();
    replace_file(path, wanted);
    const auto got = read_flash_file(path, kMaxFlashFile);
    if (!std::equal(got.begin(), got.end(), wanted.begin(), wanted.end()))
      throw Error(Exit::failed, path, "does not read back as it was written");
  };
  return std::make_unique<NvmFlash>(name, NvmImage::parse(path, content), options, writer);
}

}  // namespace san::flash
