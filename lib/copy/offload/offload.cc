// SPDX-License-Identifier: Apache-2.0
#include "copy/offload/offload.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "block/zero_detection.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::copy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStep{50};  // as kPollInterval
constexpr std::uint64_t kProveEvery = 64;
constexpr std::uint64_t kSampleEvery = 16;  // blocks, as in Destination
constexpr int kRepairs = 2;

CopyOptions fitting(CopyOptions options, Device& source, Device& destination) {
  options.block = copy_block(options, &source, {&destination});
  return options;
}

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Offload::Offload(Device& source, Device& destination, iscsi::CopyManager& manager, const CopyOptions& options,
                 Progress& progress)
    : source_(source),
      manager_(manager),
      options_(fitting(options, source, destination)),
      limits_(manager.limits()),
      progress_(progress),
      head_(std::min(kHead, source.size())),
      pool_(options_.block, static_cast<std::size_t>((head_ + options_.block - 1) / options_.block + 4)),
      destination_(destination, options_),
      samples_(destination, options_.block),
      proof_(source, options_.block),
      random_(std::random_device{}()),
      cache_loss_generation_(destination.cache_loss_generation()) {
  outcome_.name = destination.name();
}

Offload::~Offload() = default;

CopyResult Offload::run() {
  const auto started = Clock::now();
  if (head_ % limits_.granularity != 0 || source_.size() % limits_.granularity != 0)
    throw OffloadFailed(Error(Exit::failed, outcome_.name,
                              fmt::format("the target copies only multiples of {}, which the source is not",
                                          format_size_exact(limits_.granularity))),
                        false);
  try {
    copy();
    settle();
    if (outcome_.mismatches.empty()) {
      write_boot_region();
      settle();
    }
  } catch (const OffloadFailed&) {
    drain();
    if (boot_region_written_) hide_boot_region();
    progress_.end();
    throw;
  } catch (const Error& error) {
    const bool failed = destination_.failed() && error.code() != Exit::interrupted;
    if (failed)
      manager_.cancel();
    else
      cancel();
    drain();
    progress_.end();
    if (error.code() == Exit::interrupted)
      throw Error(
          Exit::interrupted, "", "interrupted",
          boot_region_written_
              ? "every byte had been written, but not all was flushed and verified: clone again"
              : "the first MiB of the destination was not written, so that it does not look bootable");
    if (!failed) throw;
  } catch (...) {
    cancel();
    drain();
    throw;
  }
  progress_.end();
  if (boot_region_written_ && (destination_.failed() || !outcome_.mismatches.empty())) hide_boot_region();
  boot_region_blocks_.clear();
  return result(started);
}

void Offload::read_boot_region() {
  for (std::uint64_t at = 0; at < head_; at += options_.block) {
    auto block = std::make_shared<Block>();
    block->buffer = pool_.acquire(kStep);
    block->offset = at;
    block->length = std::min(options_.block, head_ - at);
    read_wait(source_, at, block->bytes());
    zero_runs(block->bytes(), kGranule, kGranule, block->runs);
    for (const Run& run : block->runs) (run.zero ? zero_ : boot_region_data_) += run.length;
    block->hash = hash128(block->bytes());
    boot_region_blocks_.push_back(std::move(block));
  }
  progress_.add(head_);
}

void Offload::copy() {
  const auto started = Clock::now();
  progress_.begin("copy", source_.size());
  read_boot_region();
  on_destination([this] { destination_.hide_boot_region(head_, Token::random()); });
  Plan plan(source_, Range::between(head_, source_.size()), limits_.segment,
            std::max(Plan::kAlignment, limits_.granularity));
  // Held back until it is certain whether it is the last.
  std::optional<Piece> held;
  while (const auto piece = plan.next()) {
    check();
    if (piece->zero) {
      send_zeros(*piece);
      continue;
    }
    if (held) copy_piece(*held, pieces_ % kProveEvery == 0);
    held = piece;
  }
  if (held) copy_piece(*held, true);
  wait_until_idle();
  copy_seconds_ += since(started);
}

void Offload::copy_piece(const Piece& piece, bool sampled) {
  const bool first = pieces_++ == 0;
  wait_for_copies(limits_.concurrent - 1);
  start(piece, sampled);
  // Read while the target copies.
  expect_one();
  if (!first) return;
  // The first proof shows that the target copies at all, before it is sent any more.
  wait_until_idle();
  begun_ = true;
}

void Offload::start(const Piece& piece, bool sampled) {
  if (sampled) mark(piece);
  {
    const std::scoped_lock lock(mutex_);
    ++active_;
  }
  manager_.copy(piece.offset, piece.length, [this, piece, sampled](const iscsi::CopyOutcome& outcome) {
    copied(piece, sampled, outcome);
  });
}

void Offload::mark(const Piece& piece) {
  const std::uint64_t unit = destination_.device().limits().logical_block;
  std::vector<std::byte> noise(unit);
  for (std::size_t at = 0; at < noise.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random_();
    std::memcpy(noise.data() + at, &word, sizeof(word));
  }
  const std::uint64_t offset = piece.offset + random_() % (piece.length / unit) * unit;
  on_destination([&] { write_wait(destination_.device(), offset, noise); });
}

void Offload::copied(const Piece& piece, bool sampled, const iscsi::CopyOutcome& outcome) {
  if (outcome.error && outcome.hopeless) destination_.fail(*outcome.error);
  const std::scoped_lock lock(mutex_);
  if (outcome.error && !outcome.hopeless && !failure_) failure_ = *outcome.error;
  if (const std::uint64_t bytes = outcome.error ? 0 : std::min(outcome.bytes, piece.length); bytes > 0) {
    const Piece front{piece.offset, bytes, false};
    done_.push_back(front);
    if (sampled || bytes < piece.length) sampled_.push_back(front);
    if (bytes < piece.length) rest_.push_back({piece.offset + bytes, piece.length - bytes, false});
  } else if (!outcome.error && !failure_) {
    failure_ = Error(Exit::failed, outcome_.name,
                     "the target copied nothing of " + format_range(piece.offset, piece.length));
  }
  --active_;
  changed_.notify_all();
}

// Copies of a piece may end early: the rest of it is started again, and proved.
void Offload::look_after() {
  std::deque<Piece> done, sampled, rest;
  {
    const std::scoped_lock lock(mutex_);
    std::swap(done, done_);
    std::swap(sampled, sampled_);
    std::swap(rest, rest_);
  }
  for (const Piece& piece : done) {
    offloaded_ += piece.length;
    progress_.add(piece.length);
    if (options_.verify != VerifyMode::none) unverified_.push_back(piece);
  }
  for (const Piece& piece : rest) start(piece, true);
  for (const Piece& piece : sampled) proof_.expect(piece.offset, piece.length, samples_, [this] { check(); });
  if (const auto wrong = samples_.take_mismatches(); !wrong.empty())
    throw OffloadFailed(
        Error(Exit::failed, outcome_.name,
              fmt::format("the target said that it had copied {}, and something else is there",
                          format_range(wrong[0].range))),
        begun_);
}

void Offload::expect_one() {
  if (unverified_.empty()) return;
  const Piece piece = unverified_.front();
  unverified_.pop_front();
  while (!destination_.wait_for_capacity(kStep)) check();
  const auto check_all = [this] { check(); };
  Verifier& verifier = *destination_.verifier();
  if (options_.verify != VerifyMode::sample)
    return proof_.expect(piece.offset, piece.length, verifier, check_all);
  const std::uint64_t block = options_.block, end = piece.offset + piece.length;
  for (std::uint64_t at = piece.offset; at < end; at = std::min(end, round_down(at, block) + block)) {
    const bool last = end == source_.size() && at + block >= end;
    if (at / block % kSampleEvery == 0 || last)
      proof_.expect(at, std::min(end, round_down(at, block) + block) - at, verifier, check_all);
  }
}

void Offload::send_zeros(const Piece& piece) {
  zero_ += piece.length;
  while (!destination_.wait_for_capacity(kStep)) check();
  destination_.zero(piece.offset, piece.length, std::make_shared<ProgressTicket>(progress_, piece.length));
}

void Offload::write_boot_region() {
  const auto started = Clock::now();
  boot_region_written_ = true;
  on_destination([this] { destination_.write_boot_region(boot_region_blocks_); });
  wait_until_idle();
  copy_seconds_ += since(started);
}

void Offload::hide_boot_region() {
  try {
    destination_.clear_boot_region(head_);
  } catch (const Error&) {
    // The failure of the destination has been, or will be, reported elsewhere.
  }
}

void Offload::settle() {
  for (const Range& range : destination_.take_unread_zeros()) {
    while (!destination_.wait_for_capacity(kStep)) check();
    destination_.zero_again(range.offset, range.length);
  }
  wait_until_idle();
  flush();
  if (options_.verify == VerifyMode::none) return;
  verify();
  repair();
}

void Offload::flush() {
  const auto started = Clock::now();
  progress_.begin("flush", std::nullopt);
  destination_.flush();
  wait_until_idle();
  flush_seconds_ += since(started);
  // Copies that the target made before it was reset may be lost, although the flush succeeded.
  if (destination_.device().cache_loss_generation() != cache_loss_generation_)
    throw OffloadFailed(Error(Exit::failed, outcome_.name,
                              "the target was reset, or its connection lost: copies may be lost"),
                        begun_);
}

void Offload::verify() {
  const auto started = Clock::now();
  Verifier& verifier = *destination_.verifier();
  std::uint64_t left = verifier.backlog();
  progress_.begin("verify", left);
  for (bool idle = false; !idle;) {
    idle = verifier.wait_until_idle(kStep);
    if (const auto error = verifier.error()) destination_.fail(*error);
    check();
    const std::uint64_t now = verifier.backlog();
    if (now < left) progress_.add(left - now);
    left = std::min(left, now);
  }
  verify_seconds_ += since(started);
}

void Offload::repair() {
  std::vector<Expectation> tried;
  for (int round = 0;; ++round) {
    const auto wrong = destination_.verifier()->take_mismatches();
    if (wrong.empty() || round == kRepairs) {
      RangeSet still;
      for (const Expectation& one : wrong) {
        outcome_.mismatches.push_back(one.range);
        still.add(one.range);
      }
      for (const Expectation& one : tried)
        if (!still.overlaps(one.range)) outcome_.rewritten.push_back(one.range);
      return;
    }
    // A range whose ends were zeros after an unmap may hold old data in the middle.
    destination_.stop_unmapping();
    if (round == 0) tried = wrong;
    for (const Expectation& one : wrong) rewrite(one);
    wait_until_idle();
    flush();
    verify();
  }
}

void Offload::rewrite(const Expectation& wrong) {
  const std::uint64_t end = wrong.range.end();
  for (std::uint64_t at = wrong.range.offset; at < end; at += std::min(options_.block, end - at)) {
    auto block = std::make_shared<Block>();
    while (!block->buffer) {
      block->buffer = pool_.acquire(kStep);
      check();
    }
    block->offset = at;
    block->length = std::min(options_.block, end - at);
    read_wait(source_, at, block->bytes());
    zero_runs(block->bytes(), kGranule, kGranule, block->runs);
    block->hash = hash128(block->bytes());
    if (wrong.hash ? block->hash != *wrong.hash : !all_zero(block->bytes()))
      throw Error(Exit::failed, source_.name(),
                  fmt::format("{} changed while it was copied", format_range(at, block->length)),
                  "clone from a snapshot, or from a disk that nobody writes to");
    destination_.write(block);
  }
}

void Offload::on_destination(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.code() != Exit::interrupted) destination_.fail(error);
    throw;
  }
}

void Offload::check() {
  Interrupt::check("");
  if (const auto error = samples_.error()) destination_.fail(*error);
  if (const auto error = destination_.error()) throw Error(*error);
  if (const auto error = proof_.error()) throw Error(*error);
  const std::scoped_lock lock(mutex_);
  if (failure_) throw OffloadFailed(*failure_, begun_);
}

void Offload::wait_for_copies(unsigned most) {
  while (true) {
    look_after();
    check();
    std::unique_lock lock(mutex_);
    if (active_ <= most && done_.empty() && rest_.empty()) return;
    changed_.wait_for(lock, kStep, [&] { return active_ <= most || !done_.empty() || failure_; });
  }
}

void Offload::wait_until_idle() {
  wait_for_copies(0);
  while (!unverified_.empty()) expect_one();
  while (!proof_.wait_until_idle(kStep)) check();
  while (!samples_.wait_until_idle(kStep)) check();
  while (!destination_.wait_until_idle(kStep)) check();
  // Results of the proofs.
  look_after();
  check();
}

void Offload::cancel() {
  manager_.cancel();
  source_.cancel();
  destination_.device().cancel();
}

void Offload::drain() {
  bool cancelled = false;
  const auto wait = [&](auto&& idle) {
    while (!idle()) {
      if (cancelled || !Interrupt::requested()) continue;
      cancelled = true;
      cancel();
    }
  };
  wait([this] {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kStep, [this] { return active_ == 0; });
  });
  wait([this] { return proof_.wait_until_idle(kStep); });
  wait([this] { return samples_.wait_until_idle(kStep); });
  wait([this] { return destination_.wait_until_idle(kStep); });
}

CopyResult Offload::result(Clock::time_point started) {
  CopyResult done;
  done.total = source_.size();
  done.data = offloaded_ + boot_region_data_;
  done.zero = zero_;
  done.hashed = false;
  done.seconds.copy = copy_seconds_;
  done.seconds.flush = flush_seconds_;
  done.seconds.verify = verify_seconds_;
  outcome_.error = destination_.error();
  outcome_.bytes = destination_.bytes();
  outcome_.bytes.offloaded = offloaded_;
  if (destination_.verifier() != nullptr) outcome_.verified = destination_.verifier()->verified();
  done.destinations = {outcome_};
  done.seconds.total = since(started);
  return done;
}

}  // namespace san::copy
