// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/updater.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "block/zero_detection.h"
#include "copy/engine/poll_interval.h"
#include "copy/engine/read_back.h"
#include "core/units.h"

namespace san::copy {
namespace {

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

Updater::Updater(Destination& destination, CloneMap& map, std::size_t index, std::uint64_t head)
    : destination_(destination), map_(map), index_(index), head_(head), pool_(map.block(), kReadBacks) {
  thread_ = std::thread([this] { run(); });
}

Updater::~Updater() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return active_ == 0; });
}

void Updater::add(std::shared_ptr<const Block> block) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t offset = block->offset, length = block->length;
  queue_.push_back({offset, length, std::move(block), nullptr});
  changed_.notify_all();
}

void Updater::add_zeros(std::uint64_t offset, std::uint64_t length,
                        std::shared_ptr<const ProgressTicket> share) {
  const std::scoped_lock lock(mutex_);
  queue_.push_back({offset, length, nullptr, std::move(share)});
  changed_.notify_all();
}

bool Updater::wait_until_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout,
                           [this] { return queue_.empty() && changes_.empty() && active_ == 0; });
}

bool Updater::stopped() const {
  if (destination_.failed()) return true;
  const std::scoped_lock lock(mutex_);
  return quit_;
}

void Updater::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return quit_ || !queue_.empty() || !changes_.empty(); });
    if (quit_) {
      queue_.clear();
      changes_.clear();
      return;
    }
    ++active_;
    // Changes come first: the readers wait for their buffers.
    std::vector<Change> changes = std::exchange(changes_, {});
    Item item;
    const bool fetched = changes.empty();
    if (fetched) {
      item = std::move(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    try {
      if (destination_.failed()) {
        // The item is dropped.
      } else if (!fetched) {
        carry_out(std::move(changes));
      } else {
        look(item);
      }
    } catch (const Error& error) {
      destination_.fail(error);
    }
    changes.clear();
    item = {};
    lock.lock();
    --active_;
    changed_.notify_all();
  }
}

void Updater::look(const Item& item) {
  if (item.block) return read_back(item);
  const std::uint64_t end = item.offset + item.length;
  for (std::uint64_t at = item.offset; at < end && !stopped();) {
    const std::uint64_t to = std::min(end, round_up(at + 1, kReadBackWindow));
    look_at_zeros({at, to - at, nullptr, item.share});
    at = to;
  }
}

void Updater::look_at_zeros(const Item& item) {
  // Extents that the device reports as zeros have been proved by it; blocks that lie in them only in part are
  // read.
  RangeSet zeros;
  for (const Extent& extent : destination_.device().extents(item.offset, item.length))
    if (extent.kind == Extent::Kind::zero) zeros.add({extent.offset, extent.length});
  const std::uint64_t end = item.offset + item.length;
  for (std::uint64_t at = item.offset; at < end && !stopped();) {
    const std::uint64_t length = std::min<std::uint64_t>(pool_.size(), end - at);
    if (zeros.contains({at, length}))
      destination_.confirm(at, length, {});
    else
      read_back({at, length, nullptr, item.share});
    at += length;
  }
}

void Updater::read_back(const Item& item) {
  std::shared_ptr<std::byte> into;
  while (!into && !stopped()) {
    into = pool_.acquire(kPollInterval);
    std::vector<Change> changes;
    {
      const std::scoped_lock lock(mutex_);
      changes.swap(changes_);
    }
    if (!changes.empty()) carry_out(std::move(changes));
  }
  if (!into) return;
  {
    const std::scoped_lock lock(mutex_);
    ++active_;
  }
  const std::span<std::byte> bytes(into.get(), static_cast<std::size_t>(item.length));
  // A device may copy the completion, and keep the copy for a while; it must not keep the buffer.
  struct Held {
    std::shared_ptr<std::byte> buffer;
    Item item;
  };
  const auto held = std::make_shared<Held>(Held{std::move(into), item});
  destination_.device().read(item.offset, bytes, [this, held, bytes](const Error* error) {
    if (error != nullptr)
      destination_.fail(*error);
    else
      judge(held->item, bytes);
    *held = {};
    const std::scoped_lock lock(mutex_);
    --active_;
    changed_.notify_all();
  });
}

void Updater::judge(const Item& item, std::span<const std::byte> found) {
  compared_ += item.length;
  Change change{item, {}};
  if (item.block)
    change.runs = differences(*item.block, found);
  else if (!all_zero(found))
    change.runs.push_back({0, static_cast<std::size_t>(item.length), true});
  if (change.runs.empty()) {
    const bool data = item.block && !item.block->is_zero();
    destination_.confirm(item.offset, item.length, data ? std::optional(item.block->hash) : std::nullopt);
    return;
  }
  const std::scoped_lock lock(mutex_);
  changes_.push_back(std::move(change));
}

void Updater::begin_epoch() {
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

bool Updater::head_is(const std::vector<std::shared_ptr<Block>>& blocks) {
  std::vector<std::byte> found;
  for (const auto& block : blocks) {
    found.resize(static_cast<std::size_t>(block->length));
    read_wait(destination_.device(), block->offset, found);
    compared_ += found.size();
    if (std::memcmp(found.data(), block->bytes().data(), found.size()) != 0) return false;
  }
  return true;
}

void Updater::update_boot_region(const std::vector<std::shared_ptr<Block>>& blocks) {
  try {
    // A boot region that was removed has to be written as a whole, not only where it differs from the old
    // one.
    if (!destination_.boot_region_hidden() && head_is(blocks)) {
      for (const auto& block : blocks)
        destination_.confirm(block->offset, block->length,
                             block->is_zero() ? std::nullopt : std::optional(block->hash));
      return;
    }
    if (!destination_.boot_region_hidden()) begin_epoch();
    destination_.write_boot_region(blocks);
  } catch (const Error& error) {
    if (error.code() == Exit::interrupted) throw;
    destination_.fail(error);
  }
}

void Updater::carry_out(std::vector<Change> changes) {
  for (const Change& change : changes)
    destination_.journal()->unknown(change.item.offset, change.item.length);
  begin_epoch();
  for (Change& change : changes) {
    if (change.item.block) {
      destination_.write(change.item.block, change.runs);
    } else {
      while (!destination_.failed() && !destination_.wait_for_capacity(kPollInterval)) {
        if (stopped()) return;
      }
      destination_.zero(change.item.offset, change.item.length, std::move(change.item.share));
    }
    change.item = {};
  }
}

}  // namespace san::copy
