// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_device.h"

#include <algorithm>
#include <utility>

#include "block/joined_completion.h"
#include "block/zero_detection.h"
#include "core/units.h"

namespace san::partition {

/// Writes patches in ranges that the copy does not write, one after another, and flushes. Those that are
/// there already, from an earlier run, are not written again.
class TableDevice::Settling : public std::enable_shared_from_this<Settling> {
 public:
  Settling(TableDevice& owner, std::vector<Own*> own, Completion done)
      : owner_(owner), own_(std::move(own)), done_(std::move(done)) {}

  void next() {
    if (at_ == own_.size()) return flush();
    found_.resize(own_[at_]->bytes.size());
    owner_.below_.read(own_[at_]->offset, found_, then([this] {
                         if (found_ == own_[at_]->bytes) return advance();
                         owner_.below_.write(own_[at_]->offset, own_[at_]->bytes,
                                             then([this] { written(); }));
                       }));
  }

 private:
  void advance() {
    ++at_;
    next();
  }

  void flush() {
    owner_.below_.flush(then([this] {
      // A device that was reset meanwhile may have lost them before the flush.
      if (owner_.below_.cache_loss_generation() != cache_loss_generation_)
        return owner_.flush(std::move(done_));
      done_(nullptr);
    }));
  }

  void written() {
    if (!owner_.verify_) return advance();
    owner_.below_.read(own_[at_]->offset, found_, then([this] {
                         if (found_ == own_[at_]->bytes) return advance();
                         fail(Error(Exit::no, owner_.name(),
                                    "does not hold what was written: the partition table's " +
                                        format_range(own_[at_]->offset, own_[at_]->bytes.size()) + " differs",
                                    "do not use the clone; look at the target's storage"));
                       }));
  }

  /// Clears `settled`, so that the next flush tries again.
  void fail(const Error& error) {
    {
      const std::scoped_lock lock(owner_.mutex_);
      for (Own* own : own_) own->settled = false;
    }
    done_(&error);
  }

  template <typename Step>
  Completion then(Step step) {
    return [self = shared_from_this(), step](const Error* error) {
      if (error != nullptr) return self->fail(*error);
      step();
    };
  }

  TableDevice& owner_;
  std::vector<Own*> own_;
  Completion done_;
  const std::uint64_t cache_loss_generation_ = owner_.below_.cache_loss_generation();
  std::size_t at_ = 0;
  std::vector<std::byte> found_;
};

TableDevice::TableDevice(Device& below, std::vector<TablePatch> patches, std::uint64_t head, bool verify)
    : DeviceFilter(below),
      limits_(below.limits()),
      view_(below, std::move(patches)),
      head_(head),
      verify_(verify),
      cache_loss_generation_(below.cache_loss_generation()) {
  collect_own();
}

void TableDevice::collect_own() {
  for (const TablePatch& patch : view_.patches()) {
    const bool beyond = patch.source.empty();
    if (!beyond && !all_zero(patch.source)) continue;
    const bool joins = !own_.empty() && own_.back().offset + own_.back().bytes.size() == patch.offset &&
                       own_.back().beyond == beyond && patch.offset != head_ &&
                       own_.back().bytes.size() + patch.wanted.size() <= limits_.max_transfer;
    if (!joins) own_.push_back({patch.offset, {}, beyond, false});
    own_.back().bytes.insert(own_.back().bytes.end(), patch.wanted.begin(), patch.wanted.end());
  }
}

void TableDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  if (offset == 0) boot_region_written_ = true;
  const auto patches = view_.touched(offset, from.size());
  if (patches.empty()) return below_.write(offset, from, std::move(done));
  const auto copy = std::make_shared<std::vector<std::byte>>(from.begin(), from.end());
  for (const TablePatch& patch : patches)
    if (patch.offset >= offset && patch.end() <= offset + from.size())
      std::copy(patch.wanted.begin(), patch.wanted.end(),
                copy->begin() + static_cast<std::ptrdiff_t>(patch.offset - offset));
  below_.write(offset, *copy, [copy, done = std::move(done)](const Error* error) mutable { done(error); });
}

void TableDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  const auto patches = view_.touched(offset, length);
  if (std::all_of(patches.begin(), patches.end(), [](const auto& patch) { return all_zero(patch.wanted); }))
    return below_.zero(offset, length, std::move(done));
  split(offset, length, false, std::move(done));
}

void TableDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  const auto patches = view_.touched(offset, length);
  if (std::all_of(patches.begin(), patches.end(), [](const auto& patch) { return all_zero(patch.wanted); }))
    return below_.unmap(offset, length, std::move(done));
  split(offset, length, true, std::move(done));
}

void TableDevice::split(std::uint64_t offset, std::uint64_t length, bool may_unmap, Completion done) {
  struct Piece {
    enum class What { write, zero, unmap };
    What what;
    std::uint64_t offset, length;
    const TablePatch* patch;  ///< of a write
  };
  std::vector<Piece> pieces;
  const auto zero = [&](std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t at = begin; at < end; at += std::min(limits_.max_zero, end - at))
      pieces.push_back({Piece::What::zero, at, std::min(limits_.max_zero, end - at), nullptr});
  };
  // A range to unmap begins and ends with whole provisioning blocks, counted from the beginning of this
  // range.
  const std::uint64_t unit = may_unmap ? limits_.unmap_granularity : limits_.logical_block;
  const auto clear = [&](std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t from = std::min(end, offset + round_up(begin - offset, unit)),
                        to = std::max(from, offset + round_down(end - offset, unit));
    if (!may_unmap || from == to) return zero(begin, end);
    zero(begin, from);
    pieces.push_back({Piece::What::unmap, from, to - from, nullptr});
    zero(to, end);
  };
  std::uint64_t at = offset;
  for (const TablePatch& patch : view_.touched(offset, length)) {
    if (all_zero(patch.wanted)) continue;
    clear(at, patch.offset);
    pieces.push_back({Piece::What::write, patch.offset, patch.wanted.size(), &patch});
    at = patch.end();
  }
  clear(at, offset + length);

  const auto all = std::make_shared<JoinedCompletion>(std::move(done));
  for (const Piece& piece : pieces) {
    Completion end = JoinedCompletion::part(all);
    if (piece.what == Piece::What::write)
      below_.write(piece.offset, piece.patch->wanted, std::move(end));
    else if (piece.what == Piece::What::zero)
      below_.zero(piece.offset, piece.length, std::move(end));
    else
      below_.unmap(piece.offset, piece.length, std::move(end));
  }
  all->end(nullptr);
}

void TableDevice::flush(Completion done) {
  std::vector<Own*> own;
  {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t cache_loss_generation = below_.cache_loss_generation();
    const bool lost = std::exchange(cache_loss_generation_, cache_loss_generation) != cache_loss_generation;
    for (Own& one : own_) {
      if (lost) one.settled = false;
      if (one.settled || (one.offset < head_ && !boot_region_written_)) continue;
      one.settled = true;
      own.push_back(&one);
    }
  }
  if (own.empty()) return below_.flush(std::move(done));
  std::make_shared<Settling>(*this, std::move(own), std::move(done))->next();
}

}  // namespace san::partition
