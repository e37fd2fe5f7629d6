// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "block/byte_sink.h"
#include "core/error.h"
#include "system/fd.h"

namespace san {
namespace {

class DescriptorSink final : public ByteSink {
 public:
  DescriptorSink(std::string name, int fd) : name_(std::move(name)), fd_(fd) {
    struct stat status = {};
    // A pipe is opened again: a write to it must not block while its reader does not read, and O_NONBLOCK on
    // the descriptor itself would affect every program that shares it.
    if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
      own_ = open_path(fmt::format("/proc/self/fd/{}", fd), O_WRONLY | O_NONBLOCK);
    if (own_) fd_ = own_.get();
  }

  void put(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      if (stop_) throw Error(Exit::interrupted, name_, "interrupted");
      pollfd one = {fd_, POLLOUT, 0};
      if (poll(&one, 1, 200) <= 0) continue;
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (count < 0 && errno == EPIPE)
        throw Error(Exit::failed, name_, "the program that reads it has ended",
                    "look at why it did; what it got is not a complete image");
      if (count < 0) throw system_error(name_, "write", errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
  void flush() override {
    struct stat status = {};
    if (fstat(fd_, &status) == 0 && S_ISREG(status.st_mode) && fdatasync(fd_) != 0)
      throw system_error(name_, "bring what was written to stable storage", errno);
  }
  void stop() override { stop_ = true; }

 private:
  const std::string name_;
  int fd_;
  Fd own_;
  std::atomic<bool> stop_{false};
};

}  // namespace

std::unique_ptr<ByteSink> descriptor_sink(std::string name, int fd) {
  return std::make_unique<DescriptorSink>(std::move(name), fd);
}

}  // namespace san
