// SPDX-License-Identifier: Apache-2.0
// Phases that follow when all blocks have been sent: flush, verification, corrections, and the boot region.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "block/zero_detection.h"
#include "copy/engine/copier.h"
#include "copy/engine/poll_interval.h"
#include "copy/stopwatch.h"
#include "core/units.h"

namespace san::copy {
namespace {

using std::chrono::milliseconds;

// Rounds in which ranges that did not verify are written again.
constexpr int kRepairs = 2;

}  // namespace

void Copier::keep_for_last(std::shared_ptr<Block> block) {
  // Counted now: the phase that copies ends with all of its bytes, and the one that writes these counts none.
  block->share.reset();
  boot_region_blocks_.push_back(std::move(block));
}

void Copier::finish() {
  const Stopwatch watch(flush_seconds_);
  for (const std::size_t i : group_) {
    Destination& destination = *destinations_[i];
    if (destination.failed() || !destination.device().sequential()) continue;
    try {
      destination.device().finish(hash_.position());
    } catch (const Error& error) {
      destination.fail(error);
    }
  }
}

void Copier::settle() {
  for (const std::size_t i : group_) zero_unread(*destinations_[i]);
  flush_all();
  if (options_.verify == VerifyMode::none) return;
  verify_all();
  for (const std::size_t i : group_) repair(i);
}

void Copier::write_boot_region() {
  const Stopwatch watch(copy_seconds_);
  for (const std::size_t i : group_) {
    if (destinations_[i]->failed() || !results_[i].mismatches.empty() ||
        destinations_[i]->device().sequential())
      continue;
    bootable_.push_back(i);
    try {
      if (router_)
        router_->write_boot_region(i, boot_region_blocks_);
      else
        destinations_[i]->write_boot_region(boot_region_blocks_);
    } catch (const Error& error) {
      if (error.code() == Exit::interrupted) throw;
      destinations_[i]->fail(error);
    }
  }
  wait_until_idle();
}

void Copier::hide_bad_boot_regions() {
  for (const std::size_t i : group_) {
    Destination& destination = *destinations_[i];
    if (std::find(bootable_.begin(), bootable_.end(), i) == bootable_.end()) continue;
    if (!destination.failed() && results_[i].mismatches.empty()) continue;
    if (router_) router_->forget_boot_region(i);
    try {
      destination.clear_boot_region(head_);
    } catch (const Error&) {
      // The failure of this destination has been reported already.
    }
  }
}

void Copier::wipe_rest() {
  if (!options_.wipe_rest) return;
  // Large enough for one command of most targets, and small enough to show progress.
  constexpr std::uint64_t kPiece = 256 * MiB;
  const Stopwatch watch(copy_seconds_);
  const auto rest_of = [this](std::size_t i) {
    const Device& device = destinations_[i]->device();
    return round_up(hash_.position(), device.limits().logical_block);
  };
  std::vector<std::size_t> to;
  std::uint64_t sum = 0;
  for (const std::size_t i : group_) {
    const Device& device = destinations_[i]->device();
    const bool goes = device.resizable() && !options_.keep_size;  // cut off with the rest of the file
    if (destinations_[i]->failed() || device.sequential() || goes || device.size() <= rest_of(i)) continue;
    to.push_back(i);
    sum += device.size() - rest_of(i);
  }
  if (to.empty()) return;
  progress_.begin("wipe", sum);
  for (const std::size_t i : to) {
    Destination& destination = *destinations_[i];
    const std::uint64_t end = destination.device().size();
    for (std::uint64_t at = rest_of(i), piece = 0; at < end && !destination.failed(); at += piece) {
      while (!destination.failed() && !destination.wait_for_capacity(kPollInterval)) check();
      piece = std::min(kPiece, end - at);
      destination.zero_again(at, piece, std::make_shared<ProgressTicket>(progress_, piece));
    }
  }
  wait_until_idle();
}

bool Copier::cuts(std::size_t index) const {
  return !destinations_[index]->failed() && results_[index].mismatches.empty() &&
         destinations_[index]->device().resizable();
}

void Copier::cut_rest() {
  for (const std::size_t i : group_) {
    Device& device = destinations_[i]->device();
    const std::uint64_t whole = round_up(hash_.position(), device.limits().logical_block);
    if (options_.keep_size || !cuts(i) || device.size() <= whole) continue;
    try {
      device.resize(whole);
    } catch (const Error& error) {
      destinations_[i]->fail(error);
    }
  }
}

void Copier::trim() {
  bool trimmed = false;
  for (const std::size_t i : group_) {
    Device& device = destinations_[i]->device();
    std::uint64_t content = hash_.position();
    if (options_.keep_size && sizes_[i] > round_up(content, device.limits().logical_block))
      content = sizes_[i];
    if (!cuts(i) || device.content_size() == content) continue;
    try {
      device.resize(content);
      trimmed = true;
    } catch (const Error& error) {
      destinations_[i]->fail(error);
    }
  }
  if (trimmed) flush_all();
}

void Copier::commit() {
  for (const std::size_t i : group_) {
    if (destinations_[i]->failed() || !results_[i].mismatches.empty()) continue;
    try {
      destinations_[i]->device().commit();
    } catch (const Error& error) {
      destinations_[i]->fail(error);
    }
  }
}

void Copier::zero_unread(Destination& destination) {
  for (const Range& range : destination.take_unread_zeros()) {
    while (!destination.failed() && !destination.wait_for_capacity(kPollInterval)) check();
    destination.zero_again(range.offset, range.length);
  }
  wait_until_idle();
}

void Copier::flush_all() {
  const Stopwatch watch(flush_seconds_);
  for (unsigned round = 0;; ++round) {
    flush_once();
    if (!recover_cache_loss(round)) return;
  }
}

void Copier::flush_once() {
  progress_.begin("flush", std::nullopt);
  for (const std::size_t i : group_) destinations_[i]->flush();
  wait_until_idle();
  if (router_) router_->all_flushed(group_);
}

void Copier::verify_all() {
  const Stopwatch watch(verify_seconds_);
  const auto backlog = [this] {
    return std::accumulate(
        group_.begin(), group_.end(), std::uint64_t{0},
        [this](std::uint64_t sum, std::size_t i) { return sum + destinations_[i]->verifier()->backlog(); });
  };
  std::uint64_t left = backlog();
  progress_.begin("verify", left);
  for (const std::size_t i : group_) {
    Destination& destination = *destinations_[i];
    bool idle = false;
    while (!destination.failed() && !idle) {
      idle = destination.verifier()->wait_until_idle(kPollInterval);
      check();
      const std::uint64_t now = backlog();
      if (now < left) progress_.add(left - now);
      left = std::min(left, now);
    }
    if (const auto error = destination.verifier()->error()) destination.fail(*error);
  }
}

void Copier::repair(std::size_t index) {
  Destination& destination = *destinations_[index];
  DestinationResult& outcome = results_[index];
  auto* const* source = std::get_if<ReadableDevice*>(&source_);
  std::vector<Range> tried;
  for (int round = 0; !destination.failed(); ++round) {
    const auto wrong = destination.verifier()->take_mismatches();
    if (wrong.empty() || source == nullptr || round == kRepairs || destination.device().sequential()) {
      RangeSet still;
      for (const Expectation& one : wrong) {
        outcome.mismatches.push_back(one.range);
        still.add(one.range);
        if (router_) router_->forget(index, one.range.offset, one.range.length);
      }
      std::copy_if(tried.begin(), tried.end(), std::back_inserter(outcome.rewritten),
                   [&still](const Range& range) { return !still.overlaps(range); });
      return;
    }
    // A range whose ends were zeros after an unmap may hold old data in the middle.
    destination.stop_unmapping();
    for (const Expectation& one : wrong) {
      if (std::find(tried.begin(), tried.end(), one.range) == tried.end()) tried.push_back(one.range);
      if (router_) router_->forget(index, one.range.offset, one.range.length);
      rewrite(**source, destination, one);
    }
    wait_until_idle();
    flush_all();
    verify_all();
  }
}

void Copier::rewrite(ReadableDevice& source, Destination& destination, const Expectation& wrong) {
  // A range of zeros may be a part of a block, and a map has only whole ones.
  const std::uint64_t unit = router_ ? router_->block() : 1;
  const std::uint64_t end = std::min(source.size(), round_up(wrong.range.end(), unit));
  for (std::uint64_t at = round_down(wrong.range.offset, unit); at < end && !destination.failed();
       at += options_.block) {
    auto block = make_block(at, std::min(options_.block, end - at));
    read_wait(source, at, block->bytes());
    zero_runs(block->bytes(), kGranule, kGranule, block->runs);
    block->hash = hash128(block->bytes());
    if (wrong.hash ? block->hash == *wrong.hash : all_zero(block->bytes()))
      destination.write(block);
    else
      destination.fail(Error(Exit::failed, source.name(),
                             fmt::format("{} changed while it was copied", format_range(at, block->length)),
                             "clone from a snapshot, or from a disk that nobody writes to"));
  }
}

}  // namespace san::copy
