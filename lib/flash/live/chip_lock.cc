// SPDX-License-Identifier: Apache-2.0
#include "flash/live/chip_lock.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "core/error.h"
#include "system/file_io.h"

namespace san::flash {

ChipLock::ChipLock(const std::string& object, const std::string& chip, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    throw system_error(directory, "make the directory", error.value(), "the lock for the NIC lies there");
  const std::string path = fmt::format("{}/nvm-{}.lock", directory, chip);
  fd_ = open_path(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
  if (!fd_) throw system_error(path, "open it", errno);
  int locked = -1;
  do locked = flock(fd_.get(), LOCK_EX | LOCK_NB);
  while (locked != 0 && errno == EINTR);
  if (locked == 0) {
    const std::string id = fmt::format("{}\n", getpid());
    // For the message below only.
    if (ftruncate(fd_.get(), 0) == 0) write_fully(fd_.get(), 0, std::as_bytes(std::span(id)));
    return;
  }
  if (errno != EWOULDBLOCK) throw system_error(path, "lock it", errno);
  std::array<char, 16> id = {};
  const Transfer got = read_fully(fd_.get(), 0, std::as_writable_bytes(std::span(id)));
  const std::string who = std::string(id.data(), got.bytes).substr(0, std::string(id.data()).find('\n'));
  throw Error(Exit::failed, object,
              fmt::format("{} is writing the NVM of the NIC {}, which all its ports share",
                          who.empty() ? "another process" : "process " + who, chip),
              "try again when it has ended");
}

}  // namespace san::flash
