// SPDX-License-Identifier: Apache-2.0
#include "block/document_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "block/fd.h"
#include "block/partial_file.h"
#include "core/error.h"

namespace san {

void check_document_file(const std::string& path, const DocumentKind& kind) {
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    throw system_error(path, "find it", errno);
  }
  if (S_ISLNK(status.st_mode))
    throw Error(Exit::refused, path, "is a symbolic link", "name the file itself, or a new one");
  if (!S_ISREG(status.st_mode)) throw Error(Exit::refused, path, "is not a regular file", kind.hint);
  if (status.st_size == 0) return;
  const Fd fd = open_path(path, O_RDONLY);
  if (!fd) throw system_error(path, "open it", errno);
  std::array<char, 512> head{};
  const ssize_t size = pread(fd.get(), head.data(), head.size(), 0);
  if (size < 0) throw system_error(path, "read it", errno);
  const std::string_view front(head.data(), static_cast<std::size_t>(size));
  if (front.find(kind.marker) == std::string_view::npos)
    throw Error(Exit::refused, path, std::string("exists and is not ") + kind.name, kind.hint);
}

void write_document_file(const std::string& path, const DocumentKind& kind, const std::string& text) {
  check_document_file(path, kind);
  PartialFile file(path);
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = write(file.fd(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw system_error(path, "write it", errno);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  // A document is for everybody whom the user's umask allows, unlike an image of a disk.
  const mode_t mask = umask(0);
  umask(mask);
  if (fchmod(file.fd(), 0666 & ~mask) != 0) throw system_error(path, "set its mode", errno);
  if (fsync(file.fd()) != 0) throw system_error(path, "bring it to stable storage", errno);
  file.commit();
}

}  // namespace san
