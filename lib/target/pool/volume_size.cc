// SPDX-License-Identifier: Apache-2.0
#include "target/pool/volume_size.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "system/fd.h"

namespace san::target {

VolumeSize volume_size(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return {};
  if (S_ISREG(status.st_mode))
    return {true, false, static_cast<std::uint64_t>(status.st_size),
            static_cast<std::uint64_t>(status.st_blocks) * 512};
  if (!S_ISBLK(status.st_mode)) return {};
  std::uint64_t bytes = 0;
  const Fd fd = open_path(path, O_RDONLY);
  if (!fd || ioctl(fd.get(), BLKGETSIZE64, &bytes) != 0) bytes = 0;
  return {true, true, bytes, bytes};
}

}  // namespace san::target
