// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/map_router.h"

#include <algorithm>

#include "copy/engine/poll_interval.h"
#include "core/units.h"

namespace san::copy {
namespace {

using map_format::Slot;
using map_format::State;

bool holds(const Slot& slot, const Block& block) {
  if (slot.state == State::zero) return block.is_zero();
  return slot.state == State::data && !block.is_zero() && slot.hash == block.hash;
}

}  // namespace

MapRouter::MapRouter(const MapUse& use, std::vector<std::unique_ptr<Destination>>& destinations,
                     std::uint64_t head)
    : use_(use), destinations_(destinations), head_(head) {
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    destinations_[i]->use_journal(std::make_unique<MapJournal>(*use.map, i));
    updaters_.push_back(std::make_unique<Updater>(*destinations_[i], *use.map, i, head));
    epochs_.emplace_back();
    silent_.emplace_back();
    if (use.map->boot_region_known(i))
      silent_[i] = std::make_unique<SilentChanges>(
          i < use.decisions.size() ? use.decisions[i] : DeltaDecision(), use.map->standing(i).silent_changes);
    else
      epochs_[i] = use.map->begin_epoch(i, true);
    if (i < use_.stale.size()) invalidate_stale(i);
  }
  use.map->commit();
}

void MapRouter::invalidate_stale(std::size_t destination) {
  // A run that ends before it has compared these ranges must not leave a map that the next one trusts. The
  // boot region is compared in any case, and as long as it is known, nothing has been overwritten.
  const Range rest = Range::between(head_, use_.map->bytes());
  for (const Range& range : use_.stale[destination].intersection(rest))
    destinations_[destination]->journal()->unknown(range.offset, range.length);
}

bool MapRouter::stale(std::size_t destination, std::uint64_t offset, std::uint64_t length) const {
  return destination < use_.stale.size() && use_.stale[destination].overlaps({offset, length});
}

void MapRouter::look_up(Block& block) {
  block.known.clear();
  for (std::size_t i = 0; i < destinations_.size(); ++i)
    block.known.push_back(use_.map->at(i, block.offset / use_.map->block()));
}

void MapRouter::write(std::size_t destination, const std::shared_ptr<const Block>& block) {
  const Slot& known = block->known[destination];
  if (known.state == State::unknown)
    destinations_[destination]->write(block);
  else if (holds(known, *block) && !stale(destination, block->offset, block->length))
    destinations_[destination]->skip(block->offset, block->length,
                                     block->is_zero() ? std::nullopt : std::optional(block->hash));
  else
    update(destination, block);
}

void MapRouter::update(std::size_t destination, const std::shared_ptr<const Block>& block) {
  if (silent_[destination] && !holds(block->known[destination], *block))
    silent_[destination]->changed(block->offset, block->length);
  updaters_[destination]->add(block);
}

void MapRouter::zero(std::size_t destination, std::uint64_t offset, std::uint64_t length,
                     const std::shared_ptr<const ProgressTicket>& share, const std::function<void()>& check) {
  enum class Way { write, skip, update };
  const std::uint64_t block = use_.map->block(), end = offset + length;
  const auto way_of = [&](std::uint64_t at) {
    const State state = use_.map->at(destination, at / block).state;
    if (state == State::unknown) return Way::write;
    return state == State::zero && !stale(destination, at, std::min(block, end - at)) ? Way::skip
                                                                                      : Way::update;
  };
  for (std::uint64_t at = offset; at < end && !destinations_[destination]->failed();) {
    const Way way = way_of(at);
    std::uint64_t to = std::min(end, at + block);
    while (to < end && way_of(to) == way) to = std::min(end, to + block);
    if (way == Way::write) {
      while (!destinations_[destination]->failed() &&
             !destinations_[destination]->wait_for_capacity(kPollInterval))
        check();
      destinations_[destination]->zero(at, to - at, share);
    } else if (way == Way::skip) {
      destinations_[destination]->skip(at, to - at, {});
    } else {
      note_zeros(destination, at, to);
      updaters_[destination]->add_zeros(at, to - at, share);
    }
    at = to;
  }
}

void MapRouter::note_zeros(std::size_t destination, std::uint64_t begin, std::uint64_t end) {
  if (!silent_[destination]) return;
  const std::uint64_t block = use_.map->block();
  for (std::uint64_t at = begin; at < end; at += block)
    if (use_.map->at(destination, at / block).state != State::zero)
      silent_[destination]->changed(at, std::min(block, end - at));
}

void MapRouter::write_boot_region(std::size_t destination,
                                  const std::vector<std::shared_ptr<Block>>& blocks) {
  if (silent_[destination] && !silent_[destination]->possible())
    use_.map->set_silent_changes(destination, false);
  if (!boot_region_unknown(destination)) return updaters_[destination]->update_boot_region(blocks);
  destinations_[destination]->write_boot_region(blocks);
}

bool MapRouter::wait_until_idle(std::size_t destination, std::chrono::milliseconds timeout) {
  return updaters_[destination]->wait_until_idle(timeout);
}

void MapRouter::checkpoint() {
  for (const auto& destination : destinations_) destination->checkpoint();
  use_.map->commit();
}

void MapRouter::all_flushed(const std::vector<std::size_t>& destinations) {
  for (const std::size_t i : destinations)
    if (!destinations_[i]->failed()) destinations_[i]->all_flushed();
  use_.map->commit();
}

void MapRouter::forget(std::size_t destination, std::uint64_t offset, std::uint64_t length) {
  destinations_[destination]->journal()->unknown(offset, length);
  use_.map->commit();
}

}  // namespace san::copy
