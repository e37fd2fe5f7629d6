// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/map_journal.h"

#include <algorithm>

namespace san::copy {
namespace {

using map_format::Record;
using map_format::State;

// Shortest time between the end of a flush and the next one, and the multiple of the last flush's duration
// that it has to be: flushes take no more than one part in twenty of a target's time.
constexpr std::chrono::milliseconds kMinPause{300};
constexpr int kShare = 20;

void forget(std::vector<Record>& records, const Record& what) {
  std::vector<Record> kept;
  for (Record& record : records) {
    const std::uint64_t end = record.first + record.count, until = what.first + what.count;
    if (record.first >= until || end <= what.first) {
      kept.push_back(record);
      continue;
    }
    if (record.first < what.first) {
      kept.push_back(record);
      kept.back().count = what.first - record.first;
    }
    if (end > until) {
      kept.push_back(record);
      kept.back().first = until;
      kept.back().count = end - until;
    }
  }
  records = std::move(kept);
}

}  // namespace

MapJournal::MapJournal(CloneMap& map, std::size_t destination)
    : map_(map), destination_(static_cast<std::uint32_t>(destination)) {}

Record MapJournal::record(std::uint64_t offset, std::uint64_t length) const {
  Record result;
  result.destination = destination_;
  result.first = offset / map_.block();
  result.count = (offset + length + map_.block() - 1) / map_.block() - result.first;
  return result;
}

void MapJournal::written(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash) {
  Record one = record(offset, length);
  one.slot.state = hash ? State::data : State::zero;
  if (hash) one.slot.hash = *hash;
  const std::scoped_lock lock(mutex_);
  if (unread_zeros_) return;
  if (!hash && !written_.empty() && written_.back().slot.state == State::zero &&
      written_.back().first + written_.back().count == one.first)
    written_.back().count += one.count;
  else
    written_.push_back(one);
}

void MapJournal::unknown(std::uint64_t offset, std::uint64_t length) {
  const Record one = record(offset, length);
  const std::scoped_lock lock(mutex_);
  forget(written_, one);
  forget(flushing_, one);
  map_.add(one);
}

void MapJournal::nothing_known() {
  {
    const std::scoped_lock lock(mutex_);
    unread_zeros_ = true;
  }
  unknown(0, map_.bytes());
  map_.commit();
}

bool MapJournal::relied_upon() const {
  const CloneMap::Known& known = map_.known(destination_);
  return known.data + known.zero > 0;
}

bool MapJournal::begin_flush() {
  const std::scoped_lock lock(mutex_);
  if (last_flush_ || flush_under_way_ || written_.empty() || Clock::now() < next_flush_) return false;
  flushing_.swap(written_);
  flush_under_way_ = true;
  flush_began_ = Clock::now();
  return true;
}

void MapJournal::flushed(bool success, const std::optional<Epoch>& epoch) {
  const std::scoped_lock lock(mutex_);
  if (success)
    enter(flushing_, epoch);
  else
    flushing_.clear();
  flush_under_way_ = false;
  next_flush_ = Clock::now() + std::max<Clock::duration>(kMinPause, kShare * (Clock::now() - flush_began_));
}

void MapJournal::begin_last_flush() {
  const std::scoped_lock lock(mutex_);
  last_flush_ = true;
}

void MapJournal::all_flushed(const std::optional<Epoch>& epoch) {
  const std::scoped_lock lock(mutex_);
  last_flush_ = false;
  enter(written_, epoch);
}

void MapJournal::enter(std::vector<Record>& records, const std::optional<Epoch>& epoch) {
  if (epoch && !records.empty())
    map_.add(map_format::record_of(destination_, Record::Kind::progress, *epoch));
  for (const Record& record : records) map_.add(record);
  records.clear();
}

}  // namespace san::copy
