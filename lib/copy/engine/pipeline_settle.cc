// SPDX-License-Identifier: Apache-2.0
// What makes sure of written data: flush, recovery of a lost cache, verification, repair.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "block/zero_detection.h"
#include "copy/engine/cache_loss_recovery.h"
#include "copy/engine/pipeline.h"
#include "copy/stopwatch.h"
#include "core/units.h"

namespace san::copy {
namespace {

// Rounds in which ranges that did not verify are written again.
constexpr int kRepairs = 2;
// Flushes after which data may have been lost, and are written again.
constexpr unsigned kLosses = 8;

}  // namespace

void DestinationPipeline::settle() {
  zero_unread();
  flush();
  if (context_.options.verify == VerifyMode::none) return;
  verify();
  repair();
}

void DestinationPipeline::zero_unread() {
  for (const Range& range : destination_.take_unread_zeros()) zero_again(range);
  wait_until_idle();
}

void DestinationPipeline::flush() {
  const Stopwatch watch(seconds_.flush);
  enter(Stage::flush);
  for (unsigned round = 0;; ++round) {
    flush_once();
    if (!recover_cache_loss(round)) return;
  }
}

void DestinationPipeline::flush_once() {
  destination_.flush();
  wait_until_idle();
  if (delta_) delta_->all_flushed();
  if (context_.flushed && !destination_.failed()) context_.flushed();
}

bool DestinationPipeline::recover_cache_loss(unsigned round) {
  const RangeSet lost = destination_.take_stale();
  if (lost.empty() || destination_.failed()) return false;
  const std::string& name = destination_.device().name();
  const char* why = nullptr;
  if (context_.source == nullptr || context_.options.source_read)
    why = "and the source cannot be read again";
  else if (round == kLosses)
    why = "again and again";
  if (why != nullptr) {
    destination_.fail(Error(
        Exit::failed, name,
        fmt::format(
            "the target was lost or reset while {} that it had acknowledged was not on stable storage, {}",
            format_size(lost.total()), why),
        "clone again"));
    return true;
  }
  on_source([&] {
    write_what_was_lost(*context_.source, destination_, lost, context_.options.block, [this] { check(); });
  });
  // There were only zeros behind the end of the source (wipe_rest()).
  if (context_.options.wipe_rest)
    for (const Range& range : lost.intersection(Range::between(context_.source->size(), UINT64_MAX)))
      if (!destination_.failed()) zero_again(range);
  wait_until_idle();
  return true;
}

void DestinationPipeline::verify() {
  const Stopwatch watch(seconds_.verify);
  enter(Stage::verify);
  Verifier& verifier = *destination_.verifier();
  while (!destination_.failed() && !verifier.wait_until_idle(kPollInterval)) check();
  if (const auto error = verifier.error()) destination_.fail(*error);
}

void DestinationPipeline::repair() {
  std::vector<Range> tried;
  for (int round = 0; !destination_.failed(); ++round) {
    const auto wrong = destination_.verifier()->take_mismatches();
    const bool last = context_.source == nullptr || round == kRepairs || destination_.device().sequential();
    if (delta_)
      for (const Expectation& one : wrong) delta_->forget(one.range);
    if (wrong.empty() || last) {
      RangeSet still;
      for (const Expectation& one : wrong) {
        mismatches_.push_back(one.range);
        still.add(one.range);
      }
      std::copy_if(tried.begin(), tried.end(), std::back_inserter(rewritten_),
                   [&still](const Range& range) { return !still.overlaps(range); });
      return;
    }
    enter(Stage::repair);
    // A range whose ends were zeros after an unmap may hold old data in the middle.
    destination_.stop_unmapping();
    for (const Expectation& one : wrong) {
      if (std::find(tried.begin(), tried.end(), one.range) == tried.end()) tried.push_back(one.range);
      on_source([&] { rewrite(one); });
    }
    wait_until_idle();
    flush();
    verify();
  }
}

void DestinationPipeline::rewrite(const Expectation& wrong) {
  // A range of zeros may be a part of a block, and a map has only whole ones.
  const std::uint64_t unit = delta_ ? delta_->block() : 1, most = context_.options.block;
  const std::uint64_t end = std::min(context_.source->size(), round_up(wrong.range.end(), unit));
  for (std::uint64_t at = round_down(wrong.range.offset, unit); at < end && !destination_.failed();
       at += most) {
    const auto block =
        context_.reader.read_now({at, std::min(most, end - at)}, Reading::again, [this] { check(); });
    if (wrong.hash ? block->hash == *wrong.hash : all_zero(block->bytes()))
      destination_.write(block);
    else
      destination_.fail(Error(Exit::failed, context_.source->name(),
                              fmt::format("{} changed while it was copied", format_range(at, block->length)),
                              "clone from a snapshot, or from a disk that nobody writes to"));
  }
}

}  // namespace san::copy
