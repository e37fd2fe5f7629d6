// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/wire_tap.h"

#include <dlfcn.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace san::iscsi {
namespace {

/// PDUs that libiscsi may read before it must return: no fewer than a fast target sends meanwhile.
constexpr unsigned kTurn = 256;

thread_local WireTap* current = nullptr;

/// Returns libc's own `name`, or that of an interposer (a sanitizer).
template <typename Function>
Function* next(const char* name) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what dlsym() is for
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// A function of libc that one of ours stands in front of. Resolved when the library is loaded: in a signal
/// handler, or in a child after fork(), it could not be.
template <typename Function>
class Next {
 public:
  explicit constexpr Next(const char* name) : name_(name) {}
  Function* get() noexcept {
    Function* found = found_.load(std::memory_order_relaxed);
    if (found == nullptr) found_.store(found = next<Function>(name_), std::memory_order_relaxed);
    return found;
  }

 private:
  const char* const name_;
  std::atomic<Function*> found_{nullptr};
};

ssize_t refuse(int error) noexcept {
  errno = error;
  return -1;
}

std::size_t total(const iovec* pieces, int count) noexcept {
  std::size_t bytes = 0;
  for (int i = 0; i < count; ++i) bytes += pieces[i].iov_len;
  return bytes;
}

/// Calls `use` with the first `bytes` bytes of the pieces, one by one, for as long as it returns true.
template <typename Use>
bool each(const iovec* pieces, int count, std::size_t bytes, Use&& use) noexcept {
  for (int i = 0; i < count && bytes > 0; ++i) {
    const std::size_t part = std::min(pieces[i].iov_len, bytes);
    if (!use(std::span(static_cast<std::byte*>(pieces[i].iov_base), part))) return false;
    bytes -= part;
  }
  return true;
}

}  // namespace

WireTap::WireTap(WireCheck& check, int fd) : check_(check), fd_(fd), outer_(current) {
  check_.begin_turn(kTurn);
  current = this;
}

WireTap::~WireTap() {
  current = outer_;
}

WireTap* WireTap::on(int fd) noexcept {
  return current != nullptr && current->fd_ == fd ? current : nullptr;
}

}  // namespace san::iscsi

// <sys/socket.h> is not included: with _FORTIFY_SOURCE it brings definitions of its own.
extern "C" {
__attribute__((visibility("default"))) ssize_t recv(int fd, void* into, std::size_t length, int flags);
__attribute__((visibility("default"))) ssize_t send(int fd, const void* from, std::size_t length, int flags);
}

namespace san::iscsi {
namespace {

constinit Next<ssize_t(int, void*, std::size_t, int)> next_recv{"recv"};
constinit Next<ssize_t(int, const iovec*, int)> next_readv{"readv"};
constinit Next<ssize_t(int, const void*, std::size_t, int)> next_send{"send"};
constinit Next<ssize_t(int, const iovec*, int)> next_writev{"writev"};

__attribute__((constructor)) void resolve_all() {
  next_recv.get();
  next_readv.get();
  next_send.get();
  next_writev.get();
}

}  // namespace
}  // namespace san::iscsi

ssize_t recv(int fd, void* into, std::size_t length, int flags) {
  auto* const real = san::iscsi::next_recv.get();
  auto* const tap = san::iscsi::WireTap::on(fd);
  if (tap == nullptr) return real(fd, into, length, flags);
  if (!tap->check().broken().empty()) return san::iscsi::refuse(EPROTO);
  if (!tap->check().may_read()) return san::iscsi::refuse(EAGAIN);
  const ssize_t got = real(fd, into, length, flags);
  if (got > 0 &&
      !tap->check().received(std::span(static_cast<std::byte*>(into), static_cast<std::size_t>(got)), length))
    return san::iscsi::refuse(EPROTO);
  return got;
}

__attribute__((visibility("default"))) ssize_t readv(int fd, const iovec* pieces, int count) {
  auto* const real = san::iscsi::next_readv.get();
  auto* const tap = san::iscsi::WireTap::on(fd);
  if (tap == nullptr) return real(fd, pieces, count);
  const ssize_t got = real(fd, pieces, count);
  const std::size_t asked = got > 0 ? san::iscsi::total(pieces, count) : 0;
  if (got > 0 &&
      !san::iscsi::each(pieces, count, static_cast<std::size_t>(got),
                        [&](std::span<std::byte> part) { return tap->check().received(part, asked); }))
    return san::iscsi::refuse(EPROTO);
  return got;
}

ssize_t send(int fd, const void* from, std::size_t length, int flags) {
  auto* const real = san::iscsi::next_send.get();
  const ssize_t gone = real(fd, from, length, flags);
  auto* const tap = san::iscsi::WireTap::on(fd);
  if (tap != nullptr && gone > 0)
    tap->check().sent(std::span(static_cast<const std::byte*>(from), static_cast<std::size_t>(gone)), length);
  return gone;
}

__attribute__((visibility("default"))) ssize_t writev(int fd, const iovec* pieces, int count) {
  auto* const real = san::iscsi::next_writev.get();
  const ssize_t gone = real(fd, pieces, count);
  auto* const tap = san::iscsi::WireTap::on(fd);
  if (tap != nullptr && gone > 0) {
    const std::size_t asked = san::iscsi::total(pieces, count);
    san::iscsi::each(pieces, count, static_cast<std::size_t>(gone), [&](std::span<std::byte> part) {
      tap->check().sent(part, asked);
      return true;
    });
  }
  return gone;
}
