// SPDX-License-Identifier: Apache-2.0
#include "block/output_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "block/fd.h"
#include "block/sequence.h"
#include "block/worker_pool.h"
#include "core/units.h"

namespace san {
namespace {

constexpr std::uint32_t kBlock = 512;
constexpr std::uint64_t kUnknownSize = MiB * TiB;

std::array<std::byte, 64 * KiB> zeros;

class OutputStream final : public Device {
 public:
  OutputStream(std::string name, int fd, std::uint64_t size)
      : name_(std::move(name)), fd_(fd), size_(size), pool_(1) {
    struct stat status = {};
    // A pipe is opened once more: a write to it must not block when its reader stands still, and O_NONBLOCK
    // on the descriptor itself would hit every program that shares it.
    if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
      own_ = open_path(fmt::format("/proc/self/fd/{}", fd), O_WRONLY | O_NONBLOCK);
    if (own_) fd_ = own_.get();
  }
  ~OutputStream() override { cancel(); }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = 64 * MiB;
    limits.max_zero = TiB;
    limits.min_zero_run = 64 * KiB;
    return limits;
  }
  /// As a regular file, it has no block size of its own that a partition table could contradict.
  bool resizable() const override { return true; }
  void resize(std::uint64_t size) override { size_ = round_up(size, kBlock); }
  bool sequential() const override { return true; }
  void finish(std::uint64_t content) override;
  void cancel() override {
    stop_ = true;
    fail(Error(Exit::interrupted, name_, "interrupted"));
  }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, Extent::Kind::unknown}};
  }
  void read(std::uint64_t, std::span<std::byte>, Completion done) override { refuse(done, "cannot be read"); }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    submit({offset, from.size(), from.data(), std::move(done)});
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    submit({offset, length, nullptr, std::move(done)});
  }
  void unmap(std::uint64_t, std::uint64_t, Completion done) override {
    refuse(done, "has nothing to deallocate");
  }
  void flush(Completion done) override;

 private:
  void refuse(const Completion& done, const char* why) const {
    const Error error(Exit::failed, name_, why);
    done(&error);
  }
  void submit(const Sequence::Item& item);
  /// In the pool's thread: writes what has its turn.
  void drain();
  void put(std::span<const std::byte> bytes);
  /// The same, but for the last bytes, which are kept for next time.
  void put_but_tail(std::span<const std::byte> bytes);
  void fail(const Error& error);

  const std::string name_;
  int fd_;
  Fd own_;
  std::atomic<std::uint64_t> size_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable idle_;
  Sequence sequence_;
  bool draining_ = false;
  std::optional<Error> error_;
  std::vector<std::byte> tail_;  ///< of the pool's thread; less than a block
  WorkerPool pool_;              // Last: its destructor still runs requests.
};

void OutputStream::submit(const Sequence::Item& item) {
  std::unique_lock lock(mutex_);
  try {
    if (error_) throw Error(*error_);
    check_range(*this, item.offset, item.length);
    if (item.length == 0) {
      lock.unlock();
      return item.done(nullptr);
    }
    sequence_.add(name_, item);
  } catch (const Error& error) {
    lock.unlock();
    return item.done(&error);
  }
  if (std::exchange(draining_, true)) return;
  pool_.submit([this] { drain(); });
}

void OutputStream::drain() {
  std::unique_lock lock(mutex_);
  while (!error_) {
    const Sequence::Item* item = sequence_.front();
    if (item == nullptr) break;
    const std::byte* data = item->data != nullptr ? item->data : zeros.data();
    const std::uint64_t length = item->data != nullptr ? item->length : std::min(item->length, zeros.size());
    // Taken before it is written: what fail() completes is never in use here.
    auto done = sequence_.take(length);
    lock.unlock();
    try {
      put_but_tail({data, static_cast<std::size_t>(length)});
    } catch (const Error& error) {
      if (done) (*done)(&error);
      done.reset();
      fail(error);
    }
    if (done) (*done)(nullptr);
    lock.lock();
  }
  draining_ = false;
  idle_.notify_all();
}

void OutputStream::put_but_tail(std::span<const std::byte> bytes) {
  if (bytes.size() >= kBlock) {
    put(tail_);
    tail_.clear();
    put(bytes.first(bytes.size() - (kBlock - 1)));
    bytes = bytes.last(kBlock - 1);
  }
  tail_.insert(tail_.end(), bytes.begin(), bytes.end());
}

void OutputStream::put(std::span<const std::byte> bytes) {
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

void OutputStream::finish(std::uint64_t content) {
  {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return !draining_; });
    if (error_) throw Error(*error_);
    const std::uint64_t there = sequence_.position();
    if (!sequence_.empty() || content > there || there - content > tail_.size())
      throw Error(Exit::failed, name_, "is not complete: a part of it was never written");
    tail_.resize(tail_.size() - static_cast<std::size_t>(there - content));
  }
  put(std::exchange(tail_, {}));
}

void OutputStream::flush(Completion done) {
  struct stat status = {};
  if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || fdatasync(fd_) == 0) return done(nullptr);
  const Error error = system_error(name_, "bring what was written to stable storage", errno);
  done(&error);
}

void OutputStream::fail(const Error& error) {
  std::vector<Completion> ended;
  {
    const std::scoped_lock lock(mutex_);
    if (error_) return;
    error_ = error;
    ended = sequence_.clear();
  }
  for (const Completion& done : ended) done(&error);
}

}  // namespace

std::unique_ptr<Device> open_output_stream(const std::string& name, int fd,
                                           std::optional<std::uint64_t> size) {
  if (isatty(fd) != 0)
    throw Error(Exit::usage, name, "is a terminal, and a disk is nothing to look at",
                "redirect it to a file or a pipe");
  return std::make_unique<OutputStream>(name, fd, round_up(size.value_or(kUnknownSize), kBlock));
}

}  // namespace san
