// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

/// More than the file of any flash has: the table of a largest NVM image takes 60 bytes for 16.
inline constexpr std::size_t kMaxFlashFile = std::size_t{64} << 20;

/// A backup or an image: the whole file. Throws Error, also for what is no regular file, and for more than
/// `largest` bytes.
std::vector<std::byte> read_flash_file(const std::string& path, std::size_t largest);

/// Puts `content` in the place of the file by one rename, so that there is the old or the new one whatever
/// happens, with the mode and, as far as allowed, the owner of the old one. Throws Error.
void replace_file(const std::string& path, std::span<const std::byte> content);

/// Whether others than its owner may read the file; false where that cannot be found out.
bool others_can_read(const std::string& path);

/// Writes a new file that only its owner can read, for there are secrets in a flash. One that is there
/// already is left alone: that is fine where it holds just this, and Error(refused) otherwise.
void write_backup(const std::string& path, std::span<const std::byte> content);

/// The directory for such files, and those above it. One that is there already is left as it is; a new one is
/// its owner's alone. Throws Error.
void make_backup_directory(const std::string& path);

}  // namespace san::flash
