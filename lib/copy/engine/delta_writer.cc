// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/delta_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "block/zero_detection.h"
#include "core/process/operation.h"
#include "core/units.h"

namespace san::copy {
namespace {

using map_format::Slot;
using map_format::State;

std::optional<Hash128> hash_of(const Block& block) {
  return block.is_zero() ? std::nullopt : std::optional(block.hash);
}

bool holds(const Slot& slot, const Block& block) {
  if (slot.state == State::zero) return block.is_zero();
  return slot.state == State::data && !block.is_zero() && slot.hash == block.hash;
}

/// Returns the parts in which `found` differs from `block`, in units of kGranule.
std::vector<Run> differences(const Block& block, std::span<const std::byte> found) {
  std::vector<Run> result;
  for (const Run& run : block.runs)
    for (std::size_t at = run.offset; at < run.offset + run.length; at += kGranule) {
      const std::size_t length = std::min(kGranule, run.offset + run.length - at);
      if (std::memcmp(block.bytes().data() + at, found.data() + at, length) == 0) continue;
      if (!result.empty() && result.back().zero == run.zero &&
          result.back().offset + result.back().length == at)
        result.back().length += length;
      else
        result.push_back({at, length, run.zero});
    }
  return result;
}

}  // namespace

DeltaWriter::DeltaWriter(Destination& destination, const MapUse& use, std::size_t index, std::uint64_t head,
                         ChangeSignal& signal)
    : destination_(destination),
      map_(*use.map),
      index_(index),
      head_(head),
      comparisons_(&signal),
      reads_(destination.device(), use.map->block(), kReadBacks, nullptr) {
  destination_.use_journal(std::make_unique<MapJournal>(map_, index));
  if (map_.boot_region_known(index))
    silent_ =
        std::make_unique<SilentChanges>(index < use.decisions.size() ? use.decisions[index] : DeltaDecision(),
                                        map_.standing(index).silent_changes);
  else
    epoch_ = map_.begin_epoch(index, true);
  if (index < use.stale.size()) stale_ = use.stale[index];
  // A run that ends before it has compared these ranges must not leave a map that the next one trusts. The
  // boot region is compared in any case, and as long as it is known, nothing has been overwritten.
  for (const Range& range : stale_.intersection(Range::between(head_, map_.bytes())))
    destination_.journal()->unknown(range.offset, range.length);
  thread_ = start_thread([this] { run(); });
}

DeltaWriter::~DeltaWriter() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool DeltaWriter::stale(const Range& range) const {
  return stale_.overlaps(range);
}

void DeltaWriter::write(const std::shared_ptr<const Block>& block, const Slot& known) {
  const Range range{block->offset, block->length};
  if (known.state == State::unknown) return destination_.write(block);
  const bool right = holds(known, *block);
  if (right && !stale(range)) return destination_.skip(range.offset, range.length, hash_of(*block));
  if (silent_ && !right) silent_->changed(range.offset, range.length);
  compare({.range = range, .block = block});
}

void DeltaWriter::zero(const Range& range, const std::shared_ptr<const ProgressTicket>& share,
                       const std::function<void()>& check) {
  enum class Way { write, skip, compare };
  const std::uint64_t block = map_.block(), end = range.end();
  const auto way_of = [&](std::uint64_t at) {
    const State state = look_up(at).state;
    if (state == State::unknown) return Way::write;
    return state == State::zero && !stale({at, std::min(block, end - at)}) ? Way::skip : Way::compare;
  };
  for (std::uint64_t at = range.offset; at < end && !destination_.failed();) {
    const Way way = way_of(at);
    std::uint64_t to = std::min(end, at + block);
    while (to < end && way_of(to) == way) to = std::min(end, to + block);
    if (way == Way::write) {
      while (!destination_.failed() && !destination_.wait_for_capacity(kPollInterval)) check();
      destination_.zero(at, to - at, share);
    } else if (way == Way::skip) {
      destination_.skip(at, to - at, {});
    } else {
      for (std::uint64_t one = at; silent_ && one < to; one += block)
        if (look_up(one).state != State::zero) silent_->changed(one, std::min(block, to - one));
      compare({.range = Range::between(at, to), .share = share});
    }
    at = to;
  }
}

void DeltaWriter::compare(Item item) {
  item.ticket = std::make_shared<InFlight::Ticket>(comparisons_.begin());
  const std::scoped_lock lock(mutex_);
  queue_.push_back(std::move(item));
  changed_.notify_all();
}

std::vector<DeltaWriter::Change> DeltaWriter::take_changes() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(changes_, {});
}

void DeltaWriter::run() {
  while (true) {
    std::vector<Change> changes;
    Item item;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return quit_ || !queue_.empty() || !changes_.empty(); });
      // Changes come first: the readers wait for their buffers.
      changes.swap(changes_);
      if (changes.empty() && !queue_.empty()) {
        item = std::move(queue_.front());
        queue_.pop_front();
      }
    }
    if (quit_) break;
    try {
      if (destination_.failed()) continue;  // the items are dropped
      if (changes.empty())
        look(item);
      else
        carry_out(std::move(changes));
    } catch (const Error& error) {
      destination_.fail(error);
    }
  }
  const std::scoped_lock lock(mutex_);
  queue_.clear();
  changes_.clear();
}

void DeltaWriter::look(const Item& item) {
  if (item.block) return read_back(item);
  const std::uint64_t end = item.range.end();
  for (std::uint64_t at = item.range.offset; at < end && !stopped();) {
    const std::uint64_t to = std::min(end, round_up(at + 1, kReadBackWindow));
    look_at_zeros({.ticket = item.ticket, .range = Range::between(at, to), .share = item.share});
    at = to;
  }
}

void DeltaWriter::look_at_zeros(const Item& item) {
  // Extents that the device reports as zeros have been proved by it; blocks that lie in them only in part are
  // read.
  RangeSet zeros;
  for (const Extent& extent : destination_.device().extents(item.range.offset, item.range.length))
    if (extent.kind == Extent::Kind::zero) zeros.add({extent.offset, extent.length});
  const std::uint64_t end = item.range.end();
  for (std::uint64_t at = item.range.offset; at < end && !stopped();) {
    const std::uint64_t length = std::min(reads_.block(), end - at);
    if (zeros.contains({at, length}))
      destination_.confirm(at, length, {});
    else
      read_back({.ticket = item.ticket, .range = {at, length}, .share = item.share});
    at += length;
  }
}

void DeltaWriter::read_back(const Item& item) {
  const auto keep_going = [this] {
    if (auto changes = take_changes(); !changes.empty()) carry_out(std::move(changes));
    return !stopped();
  };
  reads_.read(item.range, keep_going, [this, item](std::span<const std::byte> bytes, const Error* error) {
    if (error != nullptr)
      destination_.fail(*error);
    else
      judge(item, bytes);
  });
}

void DeltaWriter::judge(const Item& item, std::span<const std::byte> found) {
  compared_ += item.range.length;
  Change change{item, {}};
  if (item.block)
    change.runs = differences(*item.block, found);
  else if (!all_zero(found))
    change.runs.push_back({0, static_cast<std::size_t>(item.range.length), true});
  if (change.runs.empty())
    return destination_.confirm(item.range.offset, item.range.length,
                                item.block ? hash_of(*item.block) : std::nullopt);
  const std::scoped_lock lock(mutex_);
  changes_.push_back(std::move(change));
  changed_.notify_all();
}

void DeltaWriter::carry_out(std::vector<Change> changes) {
  for (const Change& change : changes)
    destination_.journal()->unknown(change.item.range.offset, change.item.range.length);
  begin_epoch();
  for (Change& change : changes) {
    if (change.item.block) {
      destination_.write(change.item.block, change.runs);
    } else {
      while (!destination_.failed() && !destination_.wait_for_capacity(kPollInterval)) {
        if (stopped()) return;
      }
      destination_.zero(change.item.range.offset, change.item.range.length, std::move(change.item.share));
    }
    change.item = {};
  }
}

void DeltaWriter::begin_epoch() {
  const bool hidden = destination_.boot_region_hidden();
  if (!hidden) {
    destination_.journal()->unknown(0, head_);
    // Until this run has compared all of the source.
    map_.set_silent_changes(index_, true);
  }
  const Token epoch = map_.begin_epoch(index_, hidden);
  map_.commit();
  if (hidden)
    destination_.renew_mark(epoch);
  else
    destination_.hide_boot_region(head_, epoch);
}

bool DeltaWriter::boot_region_is(const std::vector<std::shared_ptr<Block>>& blocks) {
  std::vector<std::byte> found;
  for (const auto& block : blocks) {
    found.resize(static_cast<std::size_t>(block->length));
    read_wait(destination_.device(), block->offset, found);
    compared_ += found.size();
    if (std::memcmp(found.data(), block->bytes().data(), found.size()) != 0) return false;
  }
  return true;
}

void DeltaWriter::write_boot_region(const std::vector<std::shared_ptr<Block>>& blocks) {
  if (silent_ && !silent_->possible()) map_.set_silent_changes(index_, false);
  if (boot_region_unknown()) return destination_.write_boot_region(blocks);
  // A boot region that was removed has to be written as a whole, not only where it differs from the old one.
  if (!destination_.boot_region_hidden() && boot_region_is(blocks)) {
    for (const auto& block : blocks) destination_.confirm(block->offset, block->length, hash_of(*block));
    return;
  }
  if (!destination_.boot_region_hidden()) begin_epoch();
  destination_.write_boot_region(blocks);
}

void DeltaWriter::forget(const Range& range) {
  destination_.journal()->unknown(range.offset, range.length);
  map_.commit();
}

void DeltaWriter::all_flushed() {
  if (!destination_.failed()) destination_.all_flushed();
  map_.commit();
}

}  // namespace san::copy
