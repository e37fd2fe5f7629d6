// SPDX-License-Identifier: Apache-2.0
#include "flash/flash_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/hint_id.h"
#include "system/fd.h"
#include "system/file/atomic_file.h"
#include "system/file/output_file.h"
#include "system/file_io.h"

namespace san::flash {

std::vector<std::byte> read_flash_file(const std::string& path, std::size_t largest) {
  const Fd fd = open_path(path, O_RDONLY | O_NOCTTY);
  if (!fd) throw system_error(path, "open it", errno);
  struct stat status = {};
  if (fstat(fd.get(), &status) != 0) throw system_error(path, "look at it", errno);
  if (!S_ISREG(status.st_mode)) throw Error(Exit::usage, path, "is not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > largest) throw Error(Exit::usage, path, fmt::format("has {} bytes, more than any flash", size));
  std::vector<std::byte> content(size);
  const Transfer got = read_fully(fd.get(), 0, content);
  if (got.error != 0) throw system_error(path, "read it", got.error);
  content.resize(got.bytes);
  return content;
}

void replace_file(const std::string& path, std::span<const std::byte> content) {
  AtomicFile file(path, {.link = AtomicFile::Link::followed});
  file.write(content);
  file.replace();
}

bool others_can_read(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

void write_backup(const std::string& path, std::span<const std::byte> content) {
  std::error_code error;
  if (std::filesystem::is_regular_file(std::filesystem::symlink_status(path, error))) {
    const auto old = read_flash_file(path, kMaxFlashFile);
    if (std::equal(old.begin(), old.end(), content.begin(), content.end())) return;
    throw Error(Exit::refused, path, "already exists, and is another backup", kBackup.in_the_way());
  }
  write_output(path, kBackup, content);
}

void make_backup_directory(const std::string& path) {
  std::error_code error;
  const std::filesystem::path above = std::filesystem::path(path).parent_path();
  if (!above.empty()) std::filesystem::create_directories(above, error);
  if (error || (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST))
    throw system_error(path, "make the directory", error ? error.value() : errno,
                       Hint(HintId::backup_elsewhere, "a backup is written before anything is changed"));
}

}  // namespace san::flash
