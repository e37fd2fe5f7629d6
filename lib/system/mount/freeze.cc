// SPDX-License-Identifier: Apache-2.0
#include "system/mount/freeze.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/hint_id.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "system/mount/freeze_guard.h"

namespace san {
namespace {

using std::chrono::milliseconds;

Hint snapshot_hint() {
  return {HintId::force_live, "unmount it, mount it read-only, copy an LVM snapshot of it"};
}

/// Opens a mount point of the file system and checks its mount id: with another mount on top of it, the path
/// means that one.
Fd open_point(const MountedFileSystem& one) {
  int error = ENOENT;
  for (const auto& [id, point] : one.mounts) {
    Fd fd = open_path(point, O_RDONLY | O_NONBLOCK);
    if (fd && mount_id(fd.get()) == id) return fd;
    if (!fd) error = errno;
  }
  errno = error;
  return {};
}

Error not_frozen(const MountedFileSystem& one, int error) {
  const std::string& point = one.mounts.front().second;
  switch (error) {
    case EOPNOTSUPP:
    case ENOTTY:
      return {Exit::refused, point, fmt::format("cannot be frozen: {} has no such operation", one.type),
              snapshot_hint()};
    case EBUSY:
      return {Exit::refused, point, "is frozen by another program already",
              "wait for that, or thaw it (fsfreeze --unfreeze)"};
    case EPERM:
    case EACCES:
      return {Exit::failed, point, "cannot be frozen: " + errno_text(error), "only root may"};
    default:
      return system_error(point, "freeze it", error, snapshot_hint());
  }
}

}  // namespace

Freeze::Freeze(std::vector<MountedFileSystem> file_systems, std::chrono::seconds limit, bool may_fail)
    : file_systems_(std::move(file_systems)), limit_(limit), began_(Clock::now()), stopped_(began_) {
  if (file_systems_.empty()) {
    ended_ = true;
    return;
  }
  if (file_systems_.size() > freeze_guard::kMaxMounts)
    throw Error(Exit::failed, setting("freeze"), "so many file systems cannot be frozen together",
                snapshot_hint());
  for (const MountedFileSystem& one : file_systems_) {
    points_.push_back(open_point(one));
    if (!points_.back())
      throw Error(Exit::failed, one.mounts.front().second,
                  "cannot be opened to be frozen: " + errno_text(errno), snapshot_hint());
    // Flushes most of the data while programs can still write.
    static_cast<void>(syncfs(points_.back().get()));
  }
  int ends[2] = {};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw system_error(setting("freeze"), "make a socket", errno);
  socket_ = Fd(ends[0]);
  Fd other(ends[1]);
  std::vector<int> fds;
  for (const Fd& point : points_) fds.push_back(point.get());
  began_ = Clock::now();
  guard_ = fork();
  if (guard_ < 0) throw system_error(setting("freeze"), "start a process", errno);
  if (guard_ == 0) {
    close(socket_.get());  // or the child would never see the end of its parent
    freeze_guard::run(other.get(), fds.data(), fds.size(), milliseconds(limit).count());
  }
  other = Fd();
  try {
    freeze_all(may_fail);
  } catch (...) {
    release();
    throw;
  }
}

Freeze::~Freeze() {
  if (guard_ > 0) release();
}

void Freeze::freeze_all(bool may_fail) {
  std::vector<MountedFileSystem> frozen;
  for (std::size_t i = 0; i < file_systems_.size(); ++i) {
    Interrupt::check("");
    try {
      freeze(i, points_[i].get());
      frozen.push_back(file_systems_[i]);
    } catch (const Error& error) {
      if (!may_fail || error.code() != Exit::refused) throw;
      log::warning("{}: {}; going on because of {}", error.object(), error.cause(), setting("force", "live"));
    }
  }
  file_systems_ = std::move(frozen);
}

void Freeze::freeze(std::size_t index, int fd) {
  const MountedFileSystem& one = file_systems_[index];
  const auto expired = [&] {
    return Error(
        Exit::failed, one.mounts.front().second,
        fmt::format("could not be frozen within {} s: too much was still to be written", limit_.count()),
        Hint(HintId::freeze_longer, "do it at a quieter time"));
  };
  if (!send_order(freeze_guard::kBegin, index)) throw expired();
  const int error = ioctl(fd, FIFREEZE, 0) == 0 ? 0 : errno;
  const bool noted = send_order(error == 0 ? freeze_guard::kFrozen : freeze_guard::kNot, index);
  if (error != 0) throw not_frozen(one, error);
  if (!noted) throw expired();
}

bool Freeze::send_order(char what, std::size_t index) {
  const freeze_guard::Order order = {what, static_cast<std::uint8_t>(index)};
  if (send(socket_.get(), &order, sizeof(order), MSG_NOSIGNAL) != sizeof(order)) return false;
  while (true) {
    freeze_guard::GuardResult answer = {};
    const ssize_t got = recv(socket_.get(), &answer, sizeof(answer), 0);
    if (got < 0 && errno == EINTR) continue;
    return got == sizeof(answer) && answer.what == freeze_guard::kDone;
  }
}

std::optional<Error> Freeze::broken(const std::string& name) const {
  if (ended_) return std::nullopt;
  // The guard sends nothing unasked until the time limit expires, and then sends that before it thaws.
  pollfd one = {socket_.get(), POLLIN, 0};
  if (poll(&one, 1, 0) == 0) return std::nullopt;
  if ((one.revents & POLLIN) == 0)
    return Error(Exit::failed, name, "the process that is to thaw its file systems was killed");
  return Error(
      Exit::failed, name,
      fmt::format("its file systems were frozen for {} s, and thawed before all was read", limit_.count()),
      Hint(HintId::freeze_longer, "copy an LVM snapshot"));
}

unsigned Freeze::release() {
  const freeze_guard::Order order = {freeze_guard::kThaw, 0};
  static_cast<void>(send(socket_.get(), &order, sizeof(order), MSG_NOSIGNAL) == sizeof(order));
  std::optional<unsigned> flags;
  while (!flags) {
    freeze_guard::GuardResult answer = {};
    const ssize_t got = recv(socket_.get(), &answer, sizeof(answer), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof(answer)) break;
    if (answer.what == freeze_guard::kResult) flags = answer.flags;
  }
  while (waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
  guard_ = -1;
  stopped_ = Clock::now();
  if (flags) return *flags;
  // The guard was killed, so this process thaws.
  for (auto point = points_.rbegin(); point != points_.rend(); ++point) ioctl(point->get(), FITHAW, 0);
  return freeze_guard::kForeign;
}

void Freeze::end(const std::string& name) {
  if (ended_) return;
  const unsigned flags = release();
  ended_ = true;
  points_.clear();
  if ((flags & freeze_guard::kStuck) != 0)
    log::warning("{}: a file system could not be thawed; try fsfreeze --unfreeze", name);
  if ((flags & freeze_guard::kForeign) != 0)
    throw Error(Exit::failed, name, "a file system of it was thawed by another program while it was copied",
                "find out which (a backup, say), and run the command again");
}

double Freeze::seconds() const {
  return std::chrono::duration<double>((guard_ > 0 ? Clock::now() : stopped_) - began_).count();
}

}  // namespace san
