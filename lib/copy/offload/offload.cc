// SPDX-License-Identifier: Apache-2.0
#include "copy/offload/offload.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "copy/engine/stage_progress.h"
#include "copy/stopwatch.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::copy {
namespace {

constexpr std::uint64_t kProveEvery = 64;

CopyOptions fitting(CopyOptions options, ReadableDevice& source, Device& destination) {
  options.block = copy_block(options, &source, {&destination});
  return options;
}

}  // namespace

Offload::Offload(ReadableDevice& source, Device& destination, iscsi::CopyManager& manager,
                 const CopyOptions& options, Progress& progress)
    : source_(source),
      manager_(manager),
      limits_(manager.limits()),
      progress_(progress),
      context_{fitting(options, source, destination),
               &source,
               std::min(kHead, source.size()),
               reader_,
               signal_,
               no_map_},
      reader_(
          &source, context_.options, true,
          static_cast<std::size_t>((context_.head + context_.options.block - 1) / context_.options.block + 4),
          signal_),
      pipeline_(destination, 0, context_),
      samples_(destination, context_.options.block, &signal_),
      reads_(source, context_.options.block, kReadBacks, &signal_),
      cache_loss_generation_(destination.cache_loss_generation()),
      copies_(&signal_) {
  context_.flushed = [this] {
    // Copies that the target made before it was reset may be lost, although the flush succeeded.
    const Device& device = this->destination().device();
    if (device.cache_loss_generation() != cache_loss_generation_)
      throw OffloadFailed(Error(Exit::failed, device.name(),
                                "the target was reset, or its connection lost: copies may be lost"),
                          begun_);
  };
}

Offload::~Offload() = default;

CopyResult Offload::run() {
  CopyResult done;
  {
    const Stopwatch watch(done.seconds.total);
    if (context_.head % limits_.granularity != 0 || source_.size() % limits_.granularity != 0)
      throw OffloadFailed(Error(Exit::failed, destination().device().name(),
                                fmt::format("the target copies only multiples of {}, which the source is not",
                                            format_size_exact(limits_.granularity))),
                          false);
    try {
      copy();
      pipeline_.finish(source_.size(), boot_region_);
      await_end({&pipeline_}, progress_, signal_, [] { Interrupt::check(""); });
    } catch (const OffloadFailed&) {
      drain();
      if (pipeline_.bootable()) pipeline_.clear_boot_region();
      progress_.end();
      throw;
    } catch (const Error& error) {
      const bool failed = destination().failed() && error.code() != Exit::interrupted;
      if (failed)
        manager_.cancel();
      else
        cancel();
      drain();
      progress_.end();
      if (error.code() == Exit::interrupted)
        throw Error(
            Exit::interrupted, "", "interrupted",
            pipeline_.bootable()
                ? "every byte had been written, but not all was flushed and verified: clone again"
                : "the first MiB of the destination was not written, so that it does not look bootable");
      if (!failed) throw;
    } catch (...) {
      cancel();
      drain();
      throw;
    }
    progress_.end();
  }
  const double total = done.seconds.total;
  done = result();
  done.seconds.total = total;
  return done;
}

void Offload::read_boot_region() {
  const std::uint64_t most = context_.options.block, head = context_.head;
  for (std::uint64_t at = 0; at < head; at += most)
    boot_region_.push_back(
        reader_.read_now({at, std::min(most, head - at)}, Reading::first, [this] { check(); }));
  progress_.add(head);
}

void Offload::copy() {
  const Stopwatch watch(copy_seconds_);
  progress_.begin("copy", source_.size());
  read_boot_region();
  pipeline_.hide_boot_region();
  check();
  Plan plan(source_, Range::between(context_.head, source_.size()), limits_.segment,
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
  manager_.copy(piece.offset, piece.length,
                [this, piece, sampled, ticket = copies_.begin()](const iscsi::CopyOutcome& outcome) mutable {
                  copied(piece, sampled, outcome);
                  ticket.end();
                });
}

void Offload::mark(const Piece& piece) {
  Device& device = destination().device();
  const std::uint64_t unit = device.limits().logical_block;
  std::vector<std::byte> noise(unit);
  for (std::size_t at = 0; at < noise.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random_();
    std::memcpy(noise.data() + at, &word, sizeof(word));
  }
  try {
    write_wait(device, piece.offset + random_() % (piece.length / unit) * unit, noise);
  } catch (const Error& error) {
    if (error.code() != Exit::interrupted) destination().fail(error);
    throw;
  }
}

void Offload::copied(const Piece& piece, bool sampled, const iscsi::CopyOutcome& outcome) {
  if (outcome.error && outcome.hopeless) return destination().fail(*outcome.error);
  if (outcome.error) return copies_.fail(*outcome.error);
  const std::uint64_t bytes = std::min(outcome.bytes, piece.length);
  if (bytes == 0)
    return copies_.fail(Error(Exit::failed, destination().device().name(),
                              "the target copied nothing of " + format_range(piece.offset, piece.length)));
  const std::scoped_lock lock(mutex_);
  const Piece front{piece.offset, bytes, false};
  done_.push_back(front);
  if (sampled || bytes < piece.length) sampled_.push_back(front);
  if (bytes < piece.length) rest_.push_back({piece.offset + bytes, piece.length - bytes, false});
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
    if (context_.options.verify != VerifyMode::none) unverified_.push_back(piece);
  }
  for (const Piece& piece : rest) start(piece, true);
  for (const Piece& piece : sampled) prove({piece.offset, piece.length}, samples_);
  if (const auto wrong = samples_.take_mismatches(); !wrong.empty())
    throw OffloadFailed(
        Error(Exit::failed, destination().device().name(),
              fmt::format("the target said that it had copied {}, and something else is there",
                          format_range(wrong[0].range))),
        begun_);
}

void Offload::prove(const Range& range, Verifier& verifier) {
  const auto keep_going = [this] {
    check();
    return true;
  };
  for (std::uint64_t at = range.offset; at < range.end();) {
    const Range part{at, std::min(reads_.block(), range.end() - at)};
    reads_.read(part, keep_going, [part, &verifier](std::span<const std::byte> bytes, const Error* error) {
      if (error == nullptr) verifier.add({part, hash128(bytes)});
    });
    at += part.length;
  }
}

void Offload::expect_one() {
  if (unverified_.empty()) return;
  const Piece piece = unverified_.front();
  unverified_.pop_front();
  wait_for_capacity();
  Verifier& verifier = *destination().verifier();
  if (context_.options.verify != VerifyMode::sample) return prove({piece.offset, piece.length}, verifier);
  const std::uint64_t block = context_.options.block, end = piece.offset + piece.length;
  for (std::uint64_t at = piece.offset; at < end; at = std::min(end, round_down(at, block) + block)) {
    const bool last = end == source_.size() && at + block >= end;
    if (at / block % kSampleEvery == 0 || last)
      prove(Range::between(at, std::min(end, round_down(at, block) + block)), verifier);
  }
}

void Offload::send_zeros(const Piece& piece) {
  reader_.count_zeros(piece.length);
  wait_for_capacity();
  destination().zero(piece.offset, piece.length, std::make_shared<ProgressTicket>(progress_, piece.length));
}

void Offload::check() {
  Interrupt::check("");
  if (const auto error = samples_.error()) destination().fail(*error);
  if (const auto error = destination().error()) throw Error(*error);
  if (const auto error = reads_.in_flight().error()) throw Error(*error);
  if (const auto error = copies_.error()) throw OffloadFailed(*error, begun_);
}

void Offload::wait_for_capacity() {
  signal_.wait_until([this] { return destination().wait_for_capacity(std::chrono::milliseconds(0)); },
                     [this] { check(); });
}

void Offload::wait_for_copies(unsigned most) {
  const auto few = [&] {
    look_after();
    const std::scoped_lock lock(mutex_);
    return copies_.count() <= most && done_.empty() && rest_.empty();
  };
  signal_.wait_until(few, [this] { check(); });
  check();
}

void Offload::wait_until_idle() {
  wait_for_copies(0);
  while (!unverified_.empty()) expect_one();
  const auto idle = [this] {
    return reads_.in_flight().count() == 0 && samples_.wait_until_idle(std::chrono::milliseconds(0)) &&
           destination().idle();
  };
  signal_.wait_until(idle, [this] { check(); });
  // Results of the proofs.
  look_after();
  check();
}

void Offload::cancel() {
  manager_.cancel();
  source_.cancel();
  pipeline_.stop(Error(Exit::interrupted, destination().device().name(), "stopped before the end"));
}

void Offload::drain() {
  bool cancelled = false;
  const auto idle = [this] {
    return copies_.count() == 0 && reads_.in_flight().count() == 0 &&
           samples_.wait_until_idle(std::chrono::milliseconds(0)) && destination().idle() &&
           (!pipeline_.finishing() || pipeline_.ended());
  };
  signal_.wait_until(idle, [&] {
    if (!std::exchange(cancelled, cancelled || Interrupt::requested()) && cancelled) cancel();
  });
}

CopyResult Offload::result() {
  CopyResult done;
  done.total = source_.size();
  done.data = offloaded_ + reader_.data();
  done.zero = reader_.zeros();
  done.hashed = false;
  done.seconds.copy = copy_seconds_ + pipeline_.seconds().write;
  done.seconds.flush = pipeline_.seconds().flush;
  done.seconds.verify = pipeline_.seconds().verify;
  done.destinations = {pipeline_.result()};
  done.destinations[0].bytes.offloaded = offloaded_;
  return done;
}

}  // namespace san::copy
