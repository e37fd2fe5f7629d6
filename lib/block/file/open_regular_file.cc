// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/falloc.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "block/file/file_open.h"
#include "core/units.h"
#include "system/mount/in_use.h"

namespace san {
namespace {

void open_or_create(OpenFile& file, const FileOptions& options) {
  file.fd = open_path(file.path, options.writable ? O_RDWR : O_RDONLY);
  if (file.fd) return;
  if (errno == ENOENT && options.writable && options.create_size) {
    file.fd = open_path(file.path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file.fd) {
      file.created = true;
      file.made = std::make_unique<NewFile>(file.path);
      return;
    }
    if (errno == ENOENT)
      throw Error(Exit::usage, file.path, "the directory of this file does not exist",
                  "create the directory first");
    // O_EXCL does not follow links.
    if (errno == EEXIST)
      throw Error(Exit::usage, file.path, "is a symbolic link to a file that does not exist");
    throw system_error(file.path, "create it", errno);
  }
  throw system_error(file.path, options.writable ? "open it for writing" : "open it", errno);
}

/// Locks the file, shared for readers, exclusive for a writer. File systems without such locks (some network
/// ones) stay unguarded.
void lock(const OpenFile& file, const FileOptions& options) {
  if (flock(file.fd.get(), (file.writable ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return;
  refuse_in_use(file.path,
                file.writable
                    ? "in use: another program holds a lock on the file, as a clone to or from it does"
                    : "in use: another program holds a lock on the file, as a clone that writes it does",
                options);
}

void check_uses(const OpenFile& file, const struct stat& status, const FileOptions& options) {
  std::vector<Use> uses = file_uses(status);
  if (const auto image = image_lock(file.fd.get(), file.writable)) uses.push_back(*image);
  uses = disturbing(std::move(uses), options);
  if (!uses.empty()) refuse_in_use(file.path, "in use: " + describe(uses), options);
}

/// Gives a file for writing the size that `options` ask for.
void set_size(OpenFile& file, const FileOptions& options) {
  std::uint64_t wanted = round_up(options.create_size.value_or(file.bytes), kImageBlock);
  if (options.resize == FileOptions::Resize::at_least)
    wanted = std::max(wanted, round_up(file.bytes, kImageBlock));
  if (wanted == file.bytes) return;
  if (wanted > INT64_MAX)
    throw Error(Exit::usage, file.path,
                fmt::format("cannot be {} large: files end at 8.0 EiB", format_size(wanted)));
  while (ftruncate(file.fd.get(), static_cast<off_t>(wanted)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EFBIG || errno == EINVAL)
      throw Error(Exit::failed, file.path,
                  fmt::format("its file system holds no file of {}", format_size(wanted)),
                  "choose a place on another file system such as ext4 or XFS");
    throw system_error(file.path, fmt::format("make it {} large", format_size(wanted)), errno);
  }
  if (wanted > file.bytes) file.bytes_before = file.bytes;  // a cut cannot be undone
  file.bytes = wanted;
}

}  // namespace

OpenFile open_regular_file(const std::string& path, const FileOptions& options) {
  OpenFile file;
  file.path = path;
  file.writable = options.writable;
  open_or_create(file, options);
  struct stat status = {};
  if (fstat(file.fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(Exit::failed, path, "became something else while it was opened", "run the command again");
  lock(file, options);
  check_uses(file, status, options);
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  if (file.writable) {
    set_size(file, options);
    // A hole punched after the end changes nothing, and shows if the file system supports it.
    file.deallocates = fallocate(file.fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                 static_cast<off_t>(round_up(file.bytes, 4096)), 4096) == 0;
  } else {
    // Doubles the read-ahead. Data stay in the page cache: a golden image is read again by the next clone,
    // and requests out of order leave no range that could be dropped.
    posix_fadvise(file.fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return file;
}

}  // namespace san
