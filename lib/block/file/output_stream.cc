// SPDX-License-Identifier: Apache-2.0
#include "block/file/output_stream.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "block/byte_sink.h"
#include "block/completion.h"
#include "block/device_base.h"
#include "block/sequence.h"
#include "core/units.h"
#include "system/worker_pool.h"

namespace san {
namespace {

constexpr std::uint64_t kUnknownSize = MiB * TiB;

std::array<std::byte, 64 * KiB> stream_zeros;

class OutputStream final : public DeviceBase {
 public:
  OutputStream(const std::string& name, int fd, std::uint64_t size)
      : name_(name), sink_(descriptor_sink(name, fd)), size_(size), pool_(1) {}
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
  /// Resizable without blocks: like a regular file, it has no block size of its own that a partition table
  /// could contradict.
  Capabilities capabilities() const override {
    return {.sequential = true, .resizable = true, .has_blocks = false};
  }
  void resize(std::uint64_t size) override { size_ = round_up(size, kImageBlock); }
  void finish(std::uint64_t content) override;
  void cancel() override {
    sink_->stop();
    fail(Error(Exit::interrupted, name_, "interrupted"));
  }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    return {{offset, length, Extent::Kind::unknown}};
  }
  void read(std::uint64_t, std::span<std::byte>, Completion done) override {
    refuse(std::move(done), "cannot be read");
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    submit({offset, from.size(), from.data(), std::move(done)});
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    submit({offset, length, nullptr, std::move(done)});
  }
  void unmap(std::uint64_t, std::uint64_t, Completion done) override {
    refuse(std::move(done), "has nothing to deallocate");
  }
  void flush(Completion done) override {
    complete_with(std::move(done), [this] { sink_->flush(); });
  }

 private:
  void refuse(Completion done, const char* why) const {
    const Error error(Exit::failed, name_, why);
    done(&error);
  }
  void submit(Sequence::Item item);
  /// Writes the items whose turn has come. Runs in the pool's thread.
  void drain();
  /// Writes all but the last 511 bytes, which are kept for the next call.
  void put_but_tail(std::span<const std::byte> bytes);
  void fail(const Error& error);

  const std::string name_;
  const std::unique_ptr<ByteSink> sink_;
  std::atomic<std::uint64_t> size_;
  std::mutex mutex_;
  std::condition_variable idle_;
  Sequence sequence_;
  bool draining_ = false;
  std::optional<Error> error_;
  std::vector<std::byte> tail_;  ///< used by the pool's thread only; less than a block
  WorkerPool pool_;              // Last: its destructor still runs requests.
};

void OutputStream::submit(Sequence::Item item) {
  std::unique_lock lock(mutex_);
  try {
    if (error_) throw Error(*error_);
    check_range(*this, item.offset, item.length);
    if (item.length == 0) {
      lock.unlock();
      return item.done(nullptr);
    }
    sequence_.add(name_, std::move(item));
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
    const std::byte* data = item->data != nullptr ? item->data : stream_zeros.data();
    const std::uint64_t length =
        item->data != nullptr ? item->length : std::min(item->length, stream_zeros.size());
    // Taken before it is written: fail() must not complete an item that is in use here.
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
  if (bytes.size() >= kImageBlock) {
    sink_->put(tail_);
    tail_.clear();
    sink_->put(bytes.first(bytes.size() - (kImageBlock - 1)));
    bytes = bytes.last(kImageBlock - 1);
  }
  tail_.insert(tail_.end(), bytes.begin(), bytes.end());
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
  sink_->put(std::exchange(tail_, {}));
}

void OutputStream::fail(const Error& error) {
  std::vector<Completion> ended;
  {
    const std::scoped_lock lock(mutex_);
    if (error_) return;
    error_ = error;
    ended = sequence_.clear();
  }
  for (Completion& done : ended) done(&error);
}

}  // namespace

void refuse_terminal(const std::string& name, int fd) {
  if (isatty(fd) != 0)
    throw Error(Exit::usage, name, "is a terminal, and a disk cannot be shown on one",
                "redirect it to a file or a pipe");
}

std::unique_ptr<Device> open_output_stream(const std::string& name, int fd,
                                           std::optional<std::uint64_t> size) {
  refuse_terminal(name, fd);
  return std::make_unique<OutputStream>(name, fd, round_up(size.value_or(kUnknownSize), kImageBlock));
}

}  // namespace san
