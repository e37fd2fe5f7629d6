// SPDX-License-Identifier: Apache-2.0
#include "system/file_io.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "core/units.h"

namespace san {

Transfer read_fully(int fd, std::uint64_t offset, std::span<std::byte> into) {
  Transfer transfer;
  while (transfer.bytes < into.size()) {
    const auto left = into.subspan(transfer.bytes);
    const ssize_t count = pread(fd, left.data(), left.size(), static_cast<off_t>(offset + transfer.bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      transfer.error = count < 0 ? errno : 0;
      break;
    }
    transfer.bytes += static_cast<std::size_t>(count);
  }
  return transfer;
}

Transfer write_fully(int fd, std::uint64_t offset, std::span<const std::byte> from) {
  Transfer transfer;
  while (transfer.bytes < from.size()) {
    const auto left = from.subspan(transfer.bytes);
    const ssize_t count = pwrite(fd, left.data(), left.size(), static_cast<off_t>(offset + transfer.bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      transfer.error = count < 0 ? errno : ENOSPC;
      break;
    }
    transfer.bytes += static_cast<std::size_t>(count);
  }
  return transfer;
}

int fallocate_fully(int fd, int mode, std::uint64_t offset, std::uint64_t length) {
  while (fallocate(fd, mode, static_cast<off_t>(offset), static_cast<off_t>(length)) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

Error io_error(const std::string& name, const std::string& doing, std::uint64_t offset, std::uint64_t length,
               int error) {
  const auto make = [&](const std::string& cause, std::string hint) {
    return Error(Exit::failed, name,
                 fmt::format("cannot {} {}: {}", doing, format_range(offset, length), cause),
                 std::move(hint));
  };
  switch (error) {
    case ENOSPC:
      return make("no space is left on what stores it",
                  "make room there or choose another place, and run the command again");
    case EDQUOT:
      return make("the disk quota of its owner is used up",
                  "make room or raise the quota, and run the command again");
    case EFBIG:
      return make("it would be larger than its file system or the limit of this process (ulimit -f) allows",
                  "choose a place on another file system, or raise the limit");
    case EIO:
      return make(errno_text(error), "the kernel's log (dmesg) may say more about this device");
    default:
      return make(errno_text(error), {});
  }
}

Error became_shorter(const std::string& name, std::uint64_t bytes, std::uint64_t had) {
  return {Exit::failed, name,
          fmt::format("has become shorter while it was open: {} instead of {}", format_size_exact(bytes),
                      format_size_exact(had)),
          "make sure that nothing else writes to it, and run the command again"};
}

}  // namespace san
