// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace san::flash {

/// Largest file of a flash that is read, in bytes: the hexadecimal table of the largest NVM image takes 60
/// bytes for 16.
inline constexpr std::size_t kMaxFlashFile = std::size_t{64} << 20;

/// Reads a whole backup or image. Throws Error, also if it is not a regular file, or has more than `largest`
/// bytes.
std::vector<std::byte> read_flash_file(const std::string& path, std::size_t largest);

/// Replaces an existing file by one rename, so that the old or the new file is there after a crash, with the
/// mode and, as far as permitted, the owner of the old one. Symbolic links are followed. Throws Error.
void replace_file(const std::string& path, std::span<const std::byte> content);

/// Returns true if users other than its owner may read the file; false if that cannot be determined.
bool others_can_read(const std::string& path);

/// Writes a new file that only its owner can read, because a flash contains secrets. An existing file is left
/// unchanged: if it has other content, throws Error(refused).
void write_backup(const std::string& path, std::span<const std::byte> content);

/// Creates the directory of backups, and those above it. An existing one is left unchanged; a new one is
/// accessible to its owner only. Throws Error.
void make_backup_directory(const std::string& path);

}  // namespace san::flash
