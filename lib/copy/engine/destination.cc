// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/destination.h"

#include <algorithm>
#include <new>
#include <numeric>
#include <utility>

#include "block/zero_detection.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {
namespace {

constexpr unsigned kZerosActive = 8;
// Unmapped ranges that were only spot-checked: 16 MiB of memory at most.
constexpr std::size_t kMaxSpotChecked = std::size_t{1} << 20;

/// Returns `runs` with zeros shorter than `shortest` merged into the data beside them, unless there are only
/// zeros.
std::vector<Run> coarse(const std::vector<Run>& runs, std::uint64_t shortest) {
  std::vector<Run> result;
  for (const Run& run : runs) {
    const bool zero = run.zero && (run.length >= shortest || runs.size() == 1);
    if (!result.empty() && result.back().zero == zero &&
        result.back().offset + result.back().length == run.offset)
      result.back().length += run.length;
    else
      result.push_back({run.offset, run.length, zero});
  }
  return result;
}

/// Returns `runs` with [begin, end) as data.
std::vector<Run> with_data(const std::vector<Run>& runs, std::size_t begin, std::size_t end) {
  std::vector<Run> result;
  const auto add = [&result](std::size_t from, std::size_t to, bool zero) {
    if (from < to) result.push_back({from, to - from, zero});
  };
  for (const Run& run : runs) {
    const std::size_t run_end = run.offset + run.length;
    add(run.offset, std::min(run_end, begin), run.zero);
    add(std::max(run.offset, begin), std::min(run_end, end), false);
    add(std::max(run.offset, end), run_end, run.zero);
  }
  return result;
}

/// Returns `limits` with max_unmap rounded down to a multiple of the granularity, so that every unmap except
/// the last may have that size.
Limits usable(Limits limits) {
  if (limits.unmap_granularity == 0) return limits;
  limits.max_unmap = round_down(limits.max_unmap, limits.unmap_granularity);
  if (limits.max_unmap == 0) limits.unmap_granularity = 0;
  return limits;
}

/// Returns `options` for the device: a sequential one cannot skip any bytes.
CopyOptions sequential(CopyOptions options, const Device& device) {
  if (device.sequential() && options.zero == ZeroPolicy::skip) options.zero = ZeroPolicy::prove;
  return options;
}

}  // namespace

/// A block or a run of zeros in progress, shared by its operations.
struct Destination::Work {
  Work(const Range& where, InFlight::Ticket of_writes) : range(where), ticket(std::move(of_writes)) {}

  const Range range;
  std::shared_ptr<const Block> block;  ///< null for a run of zeros
  std::shared_ptr<const ProgressTicket> share;
  bool expected = true;            ///< its content is to be verified, and it is whole blocks of a map
  std::atomic<bool> whole{true};   ///< no zeros were skipped (ZeroPolicy::skip)
  std::atomic<unsigned> parts{1};  ///< operations that have not ended, and the one that begins them
  std::optional<InFlight::Ticket> zeros;
  InFlight::Ticket ticket;
};

Destination::Destination(Device& device, const CopyOptions& options, ChangeSignal* signal)
    : device_(device),
      options_(sequential(options, device)),
      limits_(usable(device.limits())),
      dirty_(device.cache_loss_generation()),
      writes_(signal),
      unmap_works_(limits_.unmap_granularity != 0),
      guard_(device.underlying(), [this](const Error& error) { fail(error); }) {
  if (options.verify != VerifyMode::none)
    verifier_ = std::make_unique<Verifier>(device, options.block, signal);
}

Destination::~Destination() {
  writes_.drain();
}

std::shared_ptr<Destination::Work> Destination::begin_work(const Range& range,
                                                           std::shared_ptr<const Block> block,
                                                           std::shared_ptr<const ProgressTicket> share) {
  auto work = std::make_shared<Work>(range, writes_.begin());
  if (!block) work->zeros.emplace(zeros_.begin());
  work->block = std::move(block);
  work->share = std::move(share);
  return work;
}

void Destination::end_part(const std::shared_ptr<Work>& work) {
  if (--work->parts > 0) return;
  try {
    on_written(*work);
  } catch (const std::bad_alloc&) {
    fail(Error(Exit::failed, device_.name(), "there is no memory for the account of what was written"));
  }
  // The buffer and the progress before the counts: a thread that sees that nothing is in flight relies on it.
  work->block.reset();
  work->share.reset();
  work->zeros.reset();
  work->ticket.end();
}

void Destination::on_written(const Work& work) {
  const Block* const block = work.block.get();
  if (block != nullptr || work.whole) dirty_.written(work.range.offset, work.range.length);
  if (!work.expected || failed()) return;
  if (verifier_) expect(work);
  if (journal_ && work.whole)
    journal_->written(work.range.offset, work.range.length,
                      block != nullptr && !block->is_zero() ? std::optional(block->hash) : std::nullopt);
}

void Destination::expect(const Work& work) {
  if (!work.block) {
    if (options_.verify == VerifyMode::full) verifier_->add({work.range, {}});
    return;
  }
  const Expectation expectation{work.range, work.block->hash};
  if (options_.verify != VerifyMode::sample || work.range.offset / options_.block % kSampleEvery == 0)
    return verifier_->add(expectation);
  // The highest block outside of the sample is remembered: the last block of all is verified in any case.
  const std::scoped_lock lock(mutex_);
  if (!left_out_ || left_out_->range.offset < work.range.offset) left_out_ = expectation;
}

DestinationBytes Destination::bytes() const {
  return {written_, unmapped_, skipped_};
}

bool Destination::wait_for_capacity(std::chrono::milliseconds timeout) {
  // A destination that cannot be read back is no clone; writing the rest could take hours for nothing.
  if (const auto unread = verifier_ ? verifier_->error() : std::nullopt) fail(*unread);
  // The backlog of verification is bounded. 4096 ranges take 160 KiB of memory; with blocks of 1 MiB they are
  // 4 GiB that were written and not yet read back. Data much further behind have left the target's cache, so
  // that the reads compete with the writes for its disks; and without a bound most of the reads could be left
  // for the end. An order of magnitude, not a measured optimum.
  if (verifier_ && verifier_->queued() > 4096 && !failed()) {
    verifier_->wait_until_idle(std::min(timeout, std::chrono::milliseconds(20)));
    return false;
  }
  return failed() || zeros_.wait(timeout, kZerosActive - 1);
}

void Destination::write(const std::shared_ptr<const Block>& block) {
  write(block, block->runs);
}

void Destination::write(const std::shared_ptr<const Block>& block, const std::vector<Run>& runs) {
  if (failed()) return;
  const auto work = begin_work({block->offset, block->length}, block, nullptr);
  skipped_ += std::accumulate(runs.begin(), runs.end(), block->length,
                              [](std::uint64_t left, const Run& run) { return left - run.length; });
  // Runs too short for a command of their own, and zeros that are to be written anyway, are written along
  // with the data.
  const std::uint64_t shortest = options_.zero == ZeroPolicy::write ? block->length : limits_.min_zero_run;
  const auto bytes = block->bytes();
  for (const Run& run : coarse(runs, shortest)) {
    if (run.zero)
      zero_run(block->offset + run.offset, run.length, work);
    else
      write_run(block->offset + run.offset, bytes.subspan(run.offset, run.length), work);
  }
  end_part(work);
}

void Destination::zero(std::uint64_t offset, std::uint64_t length,
                       std::shared_ptr<const ProgressTicket> share) {
  if (failed()) return;
  const auto work = begin_work({offset, length}, nullptr, std::move(share));
  zero_run(offset, length, work);
  end_part(work);
}

void Destination::skip(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash) {
  if (failed()) return;
  skipped_ += length;
  if (options_.verify == VerifyMode::full) verifier_->add({{offset, length}, hash});
}

void Destination::confirm(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash) {
  if (failed()) return;
  skipped_ += length;
  if (journal_) journal_->written(offset, length, hash);
  if (options_.verify == VerifyMode::full) verifier_->confirm(length);
}

void Destination::checkpoint() {
  if (!journal_ || failed() || !journal_->begin_flush()) return;
  mark_and_flush([this, ticket = writes_.begin()](bool success, const std::optional<Epoch>& epoch) mutable {
    journal_->flushed(success, epoch);
    ticket.end();
  });
}

void Destination::flush_device(UniqueFunction<void(bool success)> done) {
  dirty_.begin_flush();
  device_.flush([this, done = std::move(done)](const Error* error) {
    if (error != nullptr)
      fail(*error);
    else
      on_flushed();
    done(error == nullptr);
  });
}

void Destination::on_flushed() {
  // Before the journal enters blocks that may be lost.
  for (const Range& range : dirty_.flushed(device_.cache_loss_generation()))
    if (journal_) journal_->unknown(range.offset, range.length);
}

void Destination::write_again(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (failed()) return;
  try {
    for (std::uint64_t done = 0; done < bytes.size();) {
      const auto piece =
          bytes.subspan(done, std::min<std::uint64_t>(limits_.max_transfer, bytes.size() - done));
      write_wait(device_, offset + done, piece);
      done += piece.size();
    }
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    return fail(error);
  }
  written_ += bytes.size();
  dirty_.written(offset, bytes.size());
  if (journal_)
    journal_->written(offset, bytes.size(), all_zero(bytes) ? std::nullopt : std::optional(hash128(bytes)));
}

void Destination::zero_again(std::uint64_t offset, std::uint64_t length,
                             std::shared_ptr<const ProgressTicket> share) {
  if (failed()) return;
  const auto work = begin_work({offset, length}, nullptr, std::move(share));
  work->expected = false;
  zero_run(offset, length, work);
  end_part(work);
}

void Destination::write_run(std::uint64_t offset, std::span<const std::byte> data,
                            const std::shared_ptr<Work>& work) {
  while (!data.empty()) {
    const auto piece =
        data.first(static_cast<std::size_t>(std::min<std::uint64_t>(data.size(), limits_.max_transfer)));
    ++work->parts;
    device_.write(offset, piece, [this, work, size = piece.size()](const Error* error) {
      if (error != nullptr)
        fail(*error);
      else
        written_ += size;
      end_part(work);
    });
    offset += piece.size();
    data = data.subspan(piece.size());
  }
}

void Destination::zero_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work) {
  if (options_.zero == ZeroPolicy::skip) {
    skipped_ += length;
    work->whole = false;
    return;
  }
  const std::uint64_t unit = limits_.unmap_granularity;
  if (options_.zero == ZeroPolicy::write || !unmap_works_) return write_zeros(offset, length, work);
  // Partial provisioning blocks at either end are written.
  const std::uint64_t shift = limits_.unmap_alignment % unit, end = offset + length;
  const std::uint64_t from = round_up(offset + unit - shift, unit) - unit + shift;
  const std::uint64_t to =
      end + unit - shift < unit ? from : round_down(end + unit - shift, unit) - unit + shift;
  if (from >= to || to > end) return write_zeros(offset, length, work);
  write_zeros(offset, from - offset, work);
  for (std::uint64_t at = from; at < to; at += std::min(limits_.max_unmap, to - at))
    unmap_run(at, std::min(limits_.max_unmap, to - at), work);
  write_zeros(to, end - to, work);
}

void Destination::write_zeros(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work) {
  for (const std::uint64_t end = offset + length; offset < end && !failed();) {
    const std::uint64_t piece = std::min(limits_.max_zero, end - offset);
    ++work->parts;
    device_.zero(offset, piece, [this, work, piece](const Error* error) {
      if (error != nullptr)
        fail(*error);
      else
        written_ += piece;
      end_part(work);
    });
    offset += piece;
  }
}

void Destination::unmap_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work) {
  ++work->parts;
  device_.unmap(offset, length, [this, offset, length, work](const Error* error) {
    if (error != nullptr) {
      // Not fatal: if the device has really failed, the write will report it.
      if (unmap_works_.exchange(false)) log::info("{}; zeros are written from now on", error->what());
      write_zeros(offset, length, work);
    } else if (!limits_.unmap_guaranteed) {
      prove(offset, length, work);
    } else {
      unmapped_ += length;
    }
    end_part(work);
  });
}

void Destination::prove(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work) {
  /// Both ends of a run; the read that completes last judges.
  struct Ends {
    std::vector<std::byte> first, last;
    std::atomic<int> left{2};
    std::atomic<bool> unread{false};  ///< at least one could not be read
  };
  const std::uint64_t block = limits_.logical_block;
  auto ends = std::make_shared<Ends>();
  ends->first.resize(block);
  ends->last.resize(block);
  ++work->parts;
  const auto done = [this, offset, length, work, ends](const Error* error) {
    if (error != nullptr) ends->unread = true;
    if (--ends->left > 0) return;
    if (!ends->unread && all_zero(ends->first) && all_zero(ends->last)) {
      record_unmapped(offset, length);
      return end_part(work);
    }
    // The device declares that unmapped blocks read as zeros (LBPRZ), and they do not: this claim is not
    // trusted any more. A failed read proves nothing either, but is no false claim.
    if (!ends->unread) {
      const std::scoped_lock lock(mutex_);
      unmap_failed_ = true;
    }
    if (!ends->unread && journal_) revoke_unmap_trust();
    if (!ends->unread && unmap_works_.exchange(false))
      log::warning(
          "{}: {} was unmapped, which should leave zeros as the target declares (LBPRZ), but does not; zeros "
          "are "
          "written from now on",
          device_.name(), format_range(offset, length));
    write_zeros(offset, length, work);
    end_part(work);
  };
  device_.read(offset, ends->first, done);
  device_.read(offset + length - block, ends->last, done);
}

void Destination::revoke_unmap_trust() {
  try {
    journal_->nothing_known();
    // Ranges that an earlier run unmapped, and that this one skipped by the map, may not be zeros either.
    if (journal_->relied_upon())
      throw Error(Exit::failed, device_.name(),
                  "unmapped blocks do not read as zeros, though the target declares it (LBPRZ)",
                  Hint(HintId::write_zeros_again,
                       "clone again with zeros written in place of unmapping; the clone map has forgotten "
                       "everything"));
  } catch (const Error& error) {
    fail(error);
  }
}

void Destination::record_unmapped(std::uint64_t offset, std::uint64_t length) {
  unmapped_ += length;
  const std::scoped_lock lock(mutex_);
  if (!spot_checked_.empty() && spot_checked_.back().append({offset, length})) return;
  if (spot_checked_.size() < kMaxSpotChecked)
    spot_checked_.push_back({offset, length});
  else
    spot_checked_all_ = false;
}

std::vector<Range> Destination::take_unread_zeros() {
  const std::scoped_lock lock(mutex_);
  if (!unmap_failed_) return {};
  if (!spot_checked_all_)
    fail(Error(Exit::failed, device_.name(),
               "unmapped blocks do not read as zeros, though the target declares it (LBPRZ)",
               Hint(HintId::write_zeros, "clone again with zeros written in place of unmapping")));
  for (const Range& range : spot_checked_) unmapped_ -= range.length;
  return std::exchange(spot_checked_, {});
}

void Destination::hide_boot_region(std::uint64_t length, const Token& epoch, bool marked) {
  guard_.enter(length, epoch, marked);
}

void Destination::write_boot_region(const std::vector<std::shared_ptr<Block>>& blocks) {
  const Range mark = guard_.leave();
  // A stream may be shorter than the boot region that was hidden.
  if (mark.length > 0 && (blocks.empty() || blocks.back()->offset + blocks.back()->length <= mark.offset))
    zero_wait(device_.underlying(), mark.offset, mark.length);
  for (const auto& block : blocks) {
    const std::uint64_t begin = std::max(block->offset, round_down(mark.offset, kGranule));
    const std::uint64_t end = std::min(block->offset + block->length, round_up(mark.end(), kGranule));
    if (mark.length == 0 || begin >= end)
      write(block);
    else
      write(block, with_data(block->runs, begin - block->offset, end - block->offset));
  }
}

void Destination::clear_boot_region(std::uint64_t length) {
  Device& underlying = device_.underlying();
  zero_wait(underlying, 0, std::min(length, underlying.size()));
  flush_wait(underlying);
}

void Destination::mark_and_flush(UniqueFunction<void(bool success, const std::optional<Epoch>& epoch)> done) {
  if (!journal_ || !boot_region_hidden())
    return flush_device([done = std::move(done)](bool success) { done(success, {}); });
  guard_.advance([this, done = std::move(done)](const Error* error, const Epoch& epoch) mutable {
    if (error == nullptr)
      return flush_device([done = std::move(done), epoch](bool success) { done(success, epoch); });
    fail(*error);
    done(false, {});
  });
}

void Destination::flush() {
  if (failed()) return;
  if (journal_) journal_->begin_last_flush();
  if (const auto last = std::exchange(left_out_, std::nullopt)) verifier_->add(*last);
  mark_and_flush([this, ticket = writes_.begin()](bool, const std::optional<Epoch>& epoch) mutable {
    {
      const std::scoped_lock lock(mutex_);
      flushed_epoch_ = epoch;
    }
    ticket.end();
  });
}

void Destination::all_flushed() {
  std::optional<Epoch> epoch;
  {
    const std::scoped_lock lock(mutex_);
    epoch = flushed_epoch_;
  }
  if (journal_) journal_->all_flushed(epoch);
}

}  // namespace san::copy
