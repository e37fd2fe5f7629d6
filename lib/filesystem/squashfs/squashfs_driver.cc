// SPDX-License-Identifier: Apache-2.0
#include "filesystem/squashfs/squashfs_driver.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

std::optional<StatedSize> stated(Volume& volume) {
  return exact_size("squashfs", volume.get<le64>(40, "superblock"));
}

}  // namespace

constinit const FileSystemDriver kSquashfsDriver = {
    .type = "squashfs",
    .signatures = {{0, "hsqs"sv}},
    .stated_size = stated,
};

}  // namespace san::filesystem
