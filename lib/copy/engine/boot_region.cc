// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/boot_region.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <future>
#include <random>
#include <set>

#include "block/wait_for_completion.h"
#include "block/zero_detection.h"
#include "copy/change_signal.h"
#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "core/process/operation.h"
#include "core/units.h"

namespace san::copy {
namespace {

using std::chrono::milliseconds;

/// Marks stand in the second half of the boot region, and never behind this offset: no file system or table
/// has a signature there that would be recognised without its other parts.
constexpr std::uint64_t kMarksEnd = MiB;

std::uint64_t marks_end(std::uint64_t head) {
  return std::min(head, kMarksEnd);
}

/// Returns the number of the block for this process. Two processes of one machine that begin at the same time
/// have numbers close to each other, and so different blocks.
std::uint64_t slot_of(const WriterProcess& process, std::uint64_t head, std::uint64_t block) {
  const std::uint64_t end = marks_end(head) / block, begin = end / 2;
  if (begin == 0) return 0;
  const std::uint64_t number = std::hash<std::string>{}(process.host) + process.pid_namespace + process.pid;
  return begin + number % (end - begin);
}

/// Living runs of this process, which may copy several disks at once, and one after another.
class LivingRuns {
 public:
  static void add(const Token& run) {
    const std::scoped_lock lock(mutex());
    runs().insert(run.bytes);
  }
  static void remove(const Token& run) {
    const std::scoped_lock lock(mutex());
    runs().erase(run.bytes);
  }
  static bool has(const Token& run) {
    const std::scoped_lock lock(mutex());
    return runs().contains(run.bytes);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::set<std::array<std::uint8_t, 16>>& runs() {
    static std::set<std::array<std::uint8_t, 16>> all;
    return all;
  }
};

/// Lets time pass for another run, which nothing but its mark tells of. Throws Error(interrupted).
void pause(milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  for (auto now = until - time; now < until; now = std::chrono::steady_clock::now()) {
    Interrupt::check("");
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(kPollInterval, until - now));
  }
}

std::optional<bool> lives(const CloneMark& mark) {
  const auto process = runs(mark.writer);
  if (process == true && mark.writer == this_process()) return LivingRuns::has(mark.run);
  return process;
}

BootRegionContent judge_boot_region(std::span<const std::byte> front, std::uint64_t block) {
  BootRegionContent content;
  content.hidden = true;
  for (std::uint64_t at = 0; at < front.size(); at += block) {
    const auto part = front.subspan(at, std::min<std::uint64_t>(block, front.size() - at));
    if (all_zero(part)) continue;
    if (const auto mark = read_mark(part))
      content.marks.push_back(*mark);
    else
      content.hidden = false;
  }
  content.hidden = content.hidden && !content.marks.empty();
  return content;
}

std::uint64_t mark_block(const ReadableDevice& device) {
  return std::max<std::uint64_t>(device.limits().logical_block, kMarkBytes);
}

std::vector<std::byte> read_front(ReadableDevice& device, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(end - begin));
  read_wait(device, begin, bytes);
  return bytes;
}

}  // namespace

BootRegionContent read_boot_region_content(ReadableDevice& device, std::uint64_t head) {
  return judge_boot_region(read_front(device, 0, std::min(head, device.size())), mark_block(device));
}

BootRegionGuard::BootRegionGuard(Device& device, std::function<void(const Error&)> lost,
                                 const GuardOptions& options)
    : device_(device), block_(mark_block(device)), lost_(std::move(lost)), options_(options) {
  mark_.run = Token::random();
  mark_.writer = options.writer;
  mark_.since = static_cast<std::uint64_t>(std::time(nullptr));
  LivingRuns::add(mark_.run);
}

BootRegionGuard::~BootRegionGuard() {
  stop_watching();
  LivingRuns::remove(mark_.run);
}

bool BootRegionGuard::entered() const {
  const std::scoped_lock lock(mutex_);
  return entered_;
}

Error BootRegionGuard::conflict(const CloneMark& other) const {
  return {Exit::refused, device_.name(),
          fmt::format("another clone is being written to it, by {}, since {:%Y-%m-%d %H:%M:%S} UTC",
                      to_string(other.writer), fmt::gmtime(static_cast<std::time_t>(other.since))),
          "wait until it ends, or stop it; then clone again, because it may have written here"};
}

bool BootRegionGuard::look_for_others() {
  const std::uint64_t end = marks_end(head_);
  const auto marks = judge_boot_region(read_front(device_, end / block_ / 2 * block_, end), block_).marks;
  const auto other =
      std::find_if_not(marks.begin(), marks.end(), [this](auto& mark) { return is_mine(mark); });
  if (other != marks.end()) throw Error(conflict(*other));
  return !marks.empty();
}

void BootRegionGuard::check_alone() {
  if (look_for_others()) return;
  // A target that was reset may have lost the mark, if it had not been flushed.
  publish_wait();
  look_for_others();
}

void BootRegionGuard::refuse_living(const std::vector<CloneMark>& marks) {
  bool unknown = false;
  for (const CloneMark& mark : marks) {
    const auto living = is_mine(mark) ? false : lives(mark);
    if (living == true) throw Error(conflict(mark));
    unknown = unknown || !living;
  }
  if (!unknown) return;
  log::warning(
      "{}: an unfinished clone from another machine is on it; watching for {} s whether it is still running",
      device_.name(), options_.dead.count() / 1000);
  pause(options_.dead);
  for (const CloneMark& now : read_boot_region_content(device_, marks_end(head_)).marks)
    if (!is_mine(now) && std::find(marks.begin(), marks.end(), now) == marks.end())
      throw Error(conflict(now));
}

void BootRegionGuard::enter(std::uint64_t head, const Token& epoch, bool marked) {
  head_ = std::min(head, device_.size());
  slot_ = marked ? slot_of(mark_.writer, head_, block_) : 0;
  {
    const std::scoped_lock lock(mutex_);
    mark_.epoch.token = epoch;
  }
  std::mt19937_64 random(std::random_device{}());
  std::vector<std::byte> front;
  while (true) {
    front = read_front(device_, 0, head_);
    const auto dead = judge_boot_region(std::span(front).first(marks_end(head_)), block_).marks;
    refuse_living(dead);
    if (slot_ == 0 || claim(front, dead)) break;
    // Two runs that see each other both give way; after random pauses one of them is first.
    pause(milliseconds(random() % 200));
  }
  hide(front);
  const std::scoped_lock lock(mutex_);
  entered_ = true;
  quit_ = false;
  if (slot_ != 0) thread_ = start_thread([this] { watch(); });
}

bool BootRegionGuard::claim(std::span<const std::byte> front, const std::vector<CloneMark>& dead) {
  publish_wait();
  bool kept = false;
  for (const CloneMark& mark : read_boot_region_content(device_, marks_end(head_)).marks) {
    kept = kept || is_mine(mark);
    if (is_mine(mark) || std::find(dead.begin(), dead.end(), mark) != dead.end()) continue;
    put_back(front.subspan(slot_offset(), block_));
    return false;
  }
  if (kept) return true;
  log::info("{}: does not keep what is written to it, so other writers cannot be detected", device_.name());
  slot_ = 0;
  return true;
}

void BootRegionGuard::put_back(std::span<const std::byte> bytes) {
  // A dead run's mark is not restored.
  const std::vector<std::byte> zeros(bytes.size());
  try {
    write_wait(device_, slot_offset(), read_mark(bytes) ? std::span<const std::byte>(zeros) : bytes);
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    log::info("{}", error.what());
  }
}

void BootRegionGuard::hide(std::span<const std::byte> front) {
  const std::uint64_t mark = slot_ == 0 ? head_ : slot_offset(), behind = std::min(head_, mark + block_);
  const auto clear = [&](std::uint64_t begin, std::uint64_t end) {
    if (begin >= end || all_zero(front.subspan(begin, end - begin))) return false;
    zero_wait(device_, begin, end - begin);
    return true;
  };
  const bool first = clear(0, mark);
  // The disk must not look bootable, whatever happens, before anything else is overwritten.
  if (clear(behind, head_) || first) flush_wait(device_);
}

void BootRegionGuard::renew(const Token& epoch) {
  {
    const std::scoped_lock lock(mutex_);
    mark_.epoch.token = epoch;
  }
  publish_wait();
}

void BootRegionGuard::publish_wait() {
  std::promise<std::optional<Error>> promise;
  auto written = promise.get_future();
  publish([&promise](const Error* error) {
    promise.set_value(error != nullptr ? std::optional(*error) : std::nullopt);
  });
  if (const auto error = await(device_, std::move(written))) throw Error(*error);
}

void BootRegionGuard::advance(Advanced done) {
  Epoch epoch;
  {
    const std::scoped_lock lock(mutex_);
    ++mark_.epoch.counter;
    epoch = mark_.epoch;
  }
  publish([done = std::move(done), epoch](const Error* error) mutable { done(error, epoch); });
}

void BootRegionGuard::publish(Completion done) {
  if (slot_ == 0) return done(nullptr);
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back({++version_, std::move(done)});
    if (writing_) return;  // the thread that completes that write begins the next one
    writing_ = true;
  }
  write_now();
}

void BootRegionGuard::write_now() {
  std::uint64_t version = 0;
  {
    const std::scoped_lock lock(mutex_);
    version = version_;
    buffer_ = write_mark(mark_, static_cast<std::size_t>(block_));
  }
  device_.write(slot_offset(), buffer_, [this, version](const Error* error) {
    std::vector<Waiting> done;
    bool more = false;
    {
      const std::scoped_lock lock(mutex_);
      const auto pending = std::partition(waiting_.begin(), waiting_.end(),
                                          [&](const Waiting& one) { return one.version <= version; });
      done.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(pending));
      waiting_.erase(waiting_.begin(), pending);
      more = !waiting_.empty();
      writing_ = more;
      changed_.notify_all();
    }
    for (Waiting& one : done) one.done(error);
    if (more) write_now();
  });
}

void BootRegionGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, options_.beat, [this] { return quit_; })) {
    ++mark_.beat;
    lock.unlock();
    try {
      check_alone();
      publish_wait();
    } catch (const Error& error) {
      // After a signal the copy itself ends with that error.
      if (error.code() != Exit::interrupted) lost_(error);
      if (error.code() == Exit::refused) warn_other();
      return;
    }
    lock.lock();
  }
}

void BootRegionGuard::warn_other() {
  try {
    publish_wait();
  } catch (const Error&) {
    // The error has been reported already.
  }
}

void BootRegionGuard::stop_watching() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !writing_; });
}

Range BootRegionGuard::leave() {
  stop_watching();
  constexpr int kLooks = 4;
  for (int looks = 1; slot_ != 0; ++looks) {
    try {
      check_alone();
      break;
    } catch (const Error& error) {
      // Another run that saw this one's mark, and gives way, may not have removed its own yet.
      if (error.code() == Exit::refused && looks == kLooks) warn_other();
      if (error.code() != Exit::refused || looks == kLooks) throw;
    }
    pause(milliseconds(250));
  }
  const std::scoped_lock lock(mutex_);
  entered_ = false;
  return slot_ != 0 ? Range{slot_offset(), block_} : Range{};
}

}  // namespace san::copy
