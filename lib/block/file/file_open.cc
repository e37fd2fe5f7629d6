// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_open.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/hint_id.h"
#include "core/process/log.h"

namespace san {
namespace {

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISCHR(mode)) return "a character device";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "of an unknown kind";
}

}  // namespace

OpenFile open_checked(const std::string& path, const FileOptions& options) {
  if (path.empty()) throw Error(Exit::usage, "device", "the path is empty");
  // Before opening: a named pipe would wait for its other end, and a tape rewinds.
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT && options.writable && options.create_size) return open_regular_file(path, options);
    if (errno == ENOENT || errno == ENOTDIR)
      throw Error(Exit::usage, path, "does not exist", "name an existing file or block device");
    throw system_error(path, "find it", errno);
  }
  if (S_ISBLK(found.st_mode)) return open_block_device(path, options);
  if (S_ISREG(found.st_mode)) return open_regular_file(path, options);
  throw Error(Exit::usage, path, std::string("is ") + kind_of(found.st_mode),
              "name a regular file or a block device such as /dev/sda");
}

std::vector<Use> disturbing(std::vector<Use> uses, const FileOptions& options) {
  if (options.writable) return uses;
  std::erase_if(uses, [&](const Use& use) {
    return !use.writes || (use.file_system && std::find(options.frozen.begin(), options.frozen.end(),
                                                        *use.file_system) != options.frozen.end());
  });
  return uses;
}

void refuse_in_use(const std::string& path, const std::string& cause, const FileOptions& options) {
  if (options.look_only && !options.writable) return;
  if (options.force_in_use) {
    log::warning("{}: {}; going on because this was forced", path, cause);
    return;
  }
  if (options.writable)
    throw Error(Exit::refused, path, cause, Hint(HintId::force_in_use, "unmount it or stop what uses it"));
  const bool mounted = cause.find("mounted read-write") != std::string::npos;
  throw Error(Exit::refused, path, cause,
              mounted
                  ? Hint(HintId::freeze_or_force_live,
                         "its content may change during the copy: unmount it, mount it read-only, freeze "
                         "it, or copy a snapshot")
                  : Hint(HintId::force_live,
                         "its content may change during the copy: stop what uses it, or copy a snapshot"));
}

}  // namespace san
