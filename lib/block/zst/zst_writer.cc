// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "block/byte_sink.h"
#include "block/completion.h"
#include "block/device_base.h"
#include "block/file/output_stream.h"
#include "block/sequence.h"
#include "block/zst/zst_frame.h"
#include "block/zst/zst_frames.h"
#include "block/zst/zst_marks.h"
#include "core/hash.h"
#include "core/units.h"
#include "system/fd.h"
#include "system/file_io.h"
#include "system/worker_pool.h"

namespace san {
namespace {

constexpr std::size_t kFrame = 2 * MiB;
/// Shortest run of zeros, in bytes, that gets frames of its own.
constexpr std::uint64_t kZeroRun = MiB;
constexpr std::uint64_t kUnknownSize = MiB * TiB;

unsigned compressor_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
}

using Bytes = std::shared_ptr<const std::vector<std::byte>>;

class ZstWriter final : public DeviceBase {
 public:
  ZstWriter(std::string name, std::unique_ptr<ByteSink> sink, std::uint64_t size)
      : name_(std::move(name)),
        size_(size),
        sink_(std::move(sink)),
        frames_(name_, sink_->readable(), {}),
        pool_(compressor_threads()) {}
  ~ZstWriter() override {
    sink_->stop();
    fail(Error(Exit::failed, name_, "stopped before the end"));
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return in_flight_ == 0; });
  }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  Limits limits() const override;
  /// Resizable without blocks: like a regular file, it has no block size of its own that a partition table
  /// could contradict.
  Capabilities capabilities() const override {
    return {.sequential = true, .resizable = true, .has_blocks = false};
  }
  void resize(std::uint64_t size) override { size_ = round_up(size, kImageBlock); }
  void finish(std::uint64_t content) override;
  void commit() override { sink_->commit(); }
  void cancel() override {
    sink_->stop();
    fail(Error(Exit::interrupted, name_, "interrupted"));
  }

  std::vector<Extent> extents(std::uint64_t offset, std::uint64_t length) override;
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override;
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    submit({offset, from.size(), from.data(), std::move(done)});
  }
  void zero(std::uint64_t offset, std::uint64_t length, Completion done) override {
    submit({offset, length, nullptr, std::move(done)});
  }
  void unmap(std::uint64_t, std::uint64_t, Completion done) override {
    const Error error(Exit::failed, name_, "has nothing to deallocate");
    done(&error);
  }
  void flush(Completion done) override {
    complete_with(std::move(done), [this] { flush_now(); });
  }

 private:
  /// A frame, ready to be written.
  struct Ready {
    std::uint32_t size;  ///< size of its content, in bytes
    Bytes bytes;
    std::shared_ptr<std::vector<std::byte>> content;  ///< null for zeros
  };
  struct Read {
    std::uint64_t offset;
    std::span<std::byte> into;
    Completion done;
  };
  using Lock = std::unique_lock<std::mutex>;

  void submit(Sequence::Item item);
  /// Takes the items whose turn has come, as far as there is space, and completes them.
  void pump(Lock& lock);
  /// Takes bytes of `item`, or does one step that makes that possible. Returns false if there is no space.
  bool take(const Sequence::Item& item, std::vector<Completion>& done);
  bool append(const std::byte* data, std::size_t length);
  void end_frame();
  void end_zeros();
  void emit(std::uint64_t number, Ready frame);
  Bytes zero_frame(std::uint32_t size);
  void write_out(Lock& lock);
  /// Writes the next frame, and hashes its content. Throws Error.
  void put(const Ready& frame);
  void put_mark(const std::vector<std::byte>& mark);
  void release_reads(Lock& lock);
  void fail(const Error& error);
  void flush_now();

  const std::string name_;
  std::atomic<std::uint64_t> size_;
  const std::unique_ptr<ByteSink> sink_;
  ZstFrames frames_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  Sequence sequence_;
  std::shared_ptr<std::vector<std::byte>> current_;  ///< the frame being filled
  /// Buffers for reuse, since an allocator that serves large blocks to many threads keeps more memory than it
  /// frees.
  std::vector<std::shared_ptr<std::vector<std::byte>>> spare_;
  std::uint64_t zeros_ = 0;               ///< zeros after `current_`, not yet in a frame
  std::uint64_t numbers_ = 0, next_ = 0;  ///< number of frames so far; number of the next one to be written
  unsigned in_flight_ = 0;                ///< frames being compressed or written
  unsigned full_in_flight_ = 0;           ///< number of these that hold a buffer
  bool writing_ = false, finished_ = false;
  std::map<std::uint64_t, Ready> ready_;
  Bytes large_zeros_;
  std::vector<Read> reads_;
  bool begun_ = false;  ///< the begin mark has been written
  Hasher hash_;         ///< hash of the content of all frames written; used by one thread at a time
  std::optional<Error> error_;
  WorkerPool pool_;  // Last: its destructor still runs requests.
};

Limits ZstWriter::limits() const {
  Limits limits;
  limits.max_transfer = 64 * MiB;
  limits.max_zero = TiB;
  limits.queue_depth = 2 * compressor_threads();
  limits.min_zero_run = kZeroRun;
  limits.unmap_guaranteed = true;
  return limits;
}

void ZstWriter::submit(Sequence::Item item) {
  Lock lock(mutex_);
  try {
    if (error_) throw Error(*error_);
    check_range(*this, item.offset, item.length);
    if (finished_) throw Error(Exit::failed, name_, "is complete, and cannot be written again");
    if (item.length == 0) {
      lock.unlock();
      return item.done(nullptr);
    }
    sequence_.add(name_, std::move(item));
  } catch (const Error& error) {
    lock.unlock();
    return item.done(&error);
  }
  pump(lock);
}

void ZstWriter::pump(Lock& lock) {
  std::vector<Completion> done;
  while (!error_) {
    const Sequence::Item* item = sequence_.front();
    if (item == nullptr || !take(*item, done)) break;
  }
  lock.unlock();
  for (Completion& each : done) each(nullptr);
  lock.lock();
}

bool ZstWriter::take(const Sequence::Item& item, std::vector<Completion>& done) {
  // A full frame stays open until more comes: its end may turn out to be padding.
  if (current_ && current_->size() == kFrame) end_frame();
  std::uint64_t taken = item.length;
  if (item.data == nullptr) {
    zeros_ += item.length;
  } else if (zeros_ >= kZeroRun) {
    end_frame();
    end_zeros();
    return true;
  } else if (zeros_ > 0) {
    const auto part = std::min<std::uint64_t>(zeros_, kFrame - (current_ ? current_->size() : 0));
    if (!append(nullptr, static_cast<std::size_t>(part))) return false;
    zeros_ -= part;
    return true;
  } else {
    taken = std::min<std::uint64_t>(item.length, kFrame - (current_ ? current_->size() : 0));
    if (!append(item.data, static_cast<std::size_t>(taken))) return false;
  }
  if (auto completion = sequence_.take(taken)) done.push_back(std::move(*completion));
  return true;
}

bool ZstWriter::append(const std::byte* data, std::size_t length) {
  if (!current_) {
    if (full_in_flight_ > compressor_threads() + 1) return false;
    if (spare_.empty()) spare_.push_back(std::make_shared<std::vector<std::byte>>());
    current_ = std::move(spare_.back());
    spare_.pop_back();
    current_->reserve(kFrame);
  }
  if (data != nullptr)
    current_->insert(current_->end(), data, data + length);
  else
    current_->resize(current_->size() + length);
  return true;
}

void ZstWriter::end_frame() {
  if (!current_) return;
  ++in_flight_;
  ++full_in_flight_;
  pool_.submit([this, content = std::move(current_), number = numbers_++]() mutable {
    thread_local zst::Compressor compress;
    const auto size = static_cast<std::uint32_t>(content->size());
    auto frame = std::make_shared<const std::vector<std::byte>>(compress(*content));
    emit(number, {size, std::move(frame), std::move(content)});
  });
  current_.reset();
}

void ZstWriter::end_zeros() {
  while (zeros_ > 0) {
    const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(zeros_, SeekTable::kMaxFrameSize));
    zeros_ -= size;
    ++in_flight_;
    pool_.submit([this, size, number = numbers_++] { emit(number, {size, zero_frame(size), nullptr}); });
  }
}

Bytes ZstWriter::zero_frame(std::uint32_t size) {
  if (size < SeekTable::kMaxFrameSize)
    return std::make_shared<const std::vector<std::byte>>(zst::zero_frame(size));
  {
    const std::scoped_lock lock(mutex_);
    if (large_zeros_) return large_zeros_;
  }
  auto frame = std::make_shared<const std::vector<std::byte>>(zst::zero_frame(size));
  const std::scoped_lock lock(mutex_);
  return large_zeros_ = std::move(frame);
}

void ZstWriter::emit(std::uint64_t number, Ready frame) {
  Lock lock(mutex_);
  ready_.emplace(number, std::move(frame));
  if (writing_) return;
  writing_ = true;
  write_out(lock);
  writing_ = false;
  idle_.notify_all();
}

void ZstWriter::write_out(Lock& lock) {
  while (!ready_.empty() && ready_.begin()->first == next_) {
    const Ready frame = std::move(ready_.begin()->second);
    ready_.erase(ready_.begin());
    const bool failed = error_.has_value();
    lock.unlock();
    try {
      if (!failed) put(frame);
    } catch (const Error& error) {
      fail(error);
    }
    lock.lock();
    if (!error_) frames_.append(static_cast<std::uint32_t>(frame.bytes->size()), frame.size);
    ++next_;
    if (frame.content) {
      --full_in_flight_;
      frame.content->clear();
      spare_.push_back(frame.content);
    }
    release_reads(lock);
    pump(lock);
    --in_flight_;  // Last: the destructor waits for it.
  }
}

void ZstWriter::put(const Ready& frame) {
  if (!std::exchange(begun_, true)) put_mark(zst::begin_mark());
  sink_->put(*frame.bytes);
  if (frame.content)
    hash_.update(*frame.content);
  else
    hash_.update_zeros(frame.size);
}

void ZstWriter::put_mark(const std::vector<std::byte>& mark) {
  sink_->put(mark);
  // The seek table lists every frame, and such as have no content with a size of 0.
  frames_.append(static_cast<std::uint32_t>(mark.size()), 0);
}

void ZstWriter::release_reads(Lock& lock) {
  const std::uint64_t there = frames_.size();
  const auto waits = std::stable_partition(reads_.begin(), reads_.end(), [&](const Read& read) {
    return !finished_ && read.offset + read.into.size() > there;
  });
  std::vector<Read> now(std::make_move_iterator(waits), std::make_move_iterator(reads_.end()));
  reads_.erase(waits, reads_.end());
  lock.unlock();
  for (Read& read : now) frames_.read(read.offset, read.into, std::move(read.done));
  lock.lock();
}

void ZstWriter::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  Lock lock(mutex_);
  try {
    if (error_) throw Error(*error_);
    check_range(*this, offset, into.size());
    if (sink_->readable() < 0) throw Error(Exit::failed, name_, "cannot be read");
  } catch (const Error& error) {
    lock.unlock();
    return done(&error);
  }
  reads_.push_back({offset, into, std::move(done)});
  release_reads(lock);
}

std::vector<Extent> ZstWriter::extents(std::uint64_t offset, std::uint64_t length) {
  check_range(*this, offset, length);
  const std::uint64_t there = std::clamp(round_down(frames_.size(), kImageBlock), offset, offset + length);
  auto result = frames_.extents(offset, there - offset, kImageBlock);
  if (there < offset + length) result.push_back({there, offset + length - there, Extent::Kind::unknown});
  return result;
}

void ZstWriter::fail(const Error& error) {
  std::vector<Completion> ended;
  std::vector<Read> reads;
  {
    const std::scoped_lock lock(mutex_);
    if (error_) return;
    error_ = error;
    ended = sequence_.clear();
    reads.swap(reads_);
  }
  for (Completion& done : ended) done(&error);
  for (Read& read : reads) read.done(&error);
}

void ZstWriter::finish(std::uint64_t content) {
  Lock lock(mutex_);
  if (finished_) return;
  // No item may still wait for space before the last frame is ended.
  idle_.wait(lock, [this] { return sequence_.front() == nullptr || error_; });
  if (!error_ && (!sequence_.empty() || content > sequence_.position() ||
                  sequence_.position() - content > (current_ && zeros_ == 0 ? current_->size() : zeros_))) {
    lock.unlock();
    fail(Error(Exit::failed, name_, "is not complete: a part of it was never written"));
    lock.lock();
  }
  if (!error_) {
    const std::uint64_t padding = sequence_.position() - content;
    if (zeros_ > 0)
      zeros_ -= padding;
    else if (current_)
      current_->resize(current_->size() - static_cast<std::size_t>(padding));
    if (current_ && current_->empty()) current_.reset();
    if (zeros_ < kZeroRun && current_ && current_->size() + zeros_ <= kFrame) {
      current_->resize(current_->size() + static_cast<std::size_t>(zeros_));
      zeros_ = 0;
    }
    end_frame();
    end_zeros();
  }
  idle_.wait(lock, [this] { return in_flight_ == 0 || error_; });
  if (error_) throw Error(*error_);
  finished_ = true;
  lock.unlock();
  if (!std::exchange(begun_, true)) put_mark(zst::begin_mark());
  put_mark(zst::end_mark({content, hash_.digest()}));
  sink_->put(frames_.table().bytes());
  if (content < size_) size_ = round_up(content, kImageBlock);
  flush_now();
  lock.lock();
  release_reads(lock);
}

void ZstWriter::flush_now() {
  {
    const std::scoped_lock lock(mutex_);
    if (error_) throw Error(*error_);
  }
  try {
    sink_->flush();
  } catch (const Error& error) {
    fail(error);
    throw;
  }
}

}  // namespace

std::unique_ptr<Device> create_zst(const std::string& path, std::optional<std::uint64_t> size) {
  if (const Fd old = open_path(path, O_RDONLY | O_NONBLOCK)) {
    std::vector<std::byte> front(4);
    struct stat status = {};
    const bool file = fstat(old.get(), &status) == 0 && S_ISREG(status.st_mode);
    const Transfer got = read_fully(old.get(), 0, front);
    if (!file || got.error != 0 || (got.bytes > 0 && !zst::begins_like_frame(front)))
      throw Error(Exit::refused, path, "exists and is not a compressed image",
                  "remove it, or choose another name");
  } else if (errno != ENOENT) {
    throw system_error(path, "open it", errno);
  }
  return std::make_unique<ZstWriter>(path, partial_file_sink(path),
                                     round_up(size.value_or(kUnknownSize), kImageBlock));
}

std::unique_ptr<Device> open_zst_output(const std::string& name, int fd, std::optional<std::uint64_t> size) {
  refuse_terminal(name, fd);
  return std::make_unique<ZstWriter>(name, descriptor_sink(name, fd),
                                     round_up(size.value_or(kUnknownSize), kImageBlock));
}

}  // namespace san
