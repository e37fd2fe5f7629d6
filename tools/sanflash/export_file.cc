// SPDX-License-Identifier: Apache-2.0
#include "export_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <span>

#include "block/fd.h"
#include "block/file_io.h"
#include "block/new_file.h"
#include "core/error.h"
#include "tool.h"

namespace san {

void export_to_stdout(const std::string& content) {
  const bool text = std::none_of(content.begin(), content.end(), [](char c) { return c == '\0'; });
  if (!text && isatty(STDOUT_FILENO) != 0)
    throw Error(Exit::usage, "stdout", "is a terminal, and this is no text", "give --output=FILE");
  print_text(content);
}

void write_export(const std::string& path, const std::string& content, bool secrets) {
  struct stat status = {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw Error(Exit::usage, path, "is not a regular file");
  std::string fresh = path + ".XXXXXX";
  const Fd fd(mkostemp(fresh.data(), O_CLOEXEC));
  if (!fd) throw system_error(path, "make a new file beside it", errno);
  NewFile file(fresh);
  const auto* bytes = reinterpret_cast<const std::byte*>(content.data());
  const Transfer put = write_fully(fd.get(), 0, {bytes, content.size()});
  if (put.error != 0) throw system_error(path, "write it", put.error);
  const mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd.get(), secrets ? 0600 : 0666 & ~mask) != 0) throw system_error(path, "set its mode", errno);
  if (fsync(fd.get()) != 0) throw system_error(path, "write it", errno);
  if (std::rename(fresh.c_str(), path.c_str()) != 0) throw system_error(path, "replace it", errno);
  file.keep();
}

}  // namespace san
