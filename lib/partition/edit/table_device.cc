// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_device.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "block/zero_detection.h"
#include "core/units.h"

namespace san::partition {
namespace {

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Completes a request that was split when the last of its parts has completed.
class Pieces {
 public:
  Pieces(std::size_t count, Completion done) : left_(count), done_(std::move(done)) {}

  void end(const Error* error) {
    if (error != nullptr) {
      const std::scoped_lock lock(mutex_);
      if (!error_) error_ = *error;
    }
    if (--left_ == 0) done_(error_ ? &*error_ : nullptr);
  }

 private:
  std::atomic<std::size_t> left_;
  Completion done_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

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
      patches_(std::move(patches)),
      head_(head),
      verify_(verify),
      cache_loss_generation_(below.cache_loss_generation()) {
  collect_own();
}

void TableDevice::collect_own() {
  for (const TablePatch& patch : patches_) {
    const bool beyond = patch.source.empty();
    if (!beyond && !all_zero(patch.source)) continue;
    const bool joins = !own_.empty() && own_.back().offset + own_.back().bytes.size() == patch.offset &&
                       own_.back().beyond == beyond && patch.offset != head_ &&
                       own_.back().bytes.size() + patch.wanted.size() <= limits_.max_transfer;
    if (!joins) own_.push_back({patch.offset, {}, beyond, false});
    own_.back().bytes.insert(own_.back().bytes.end(), patch.wanted.begin(), patch.wanted.end());
  }
}

std::span<const TablePatch> TableDevice::touched(std::uint64_t offset, std::uint64_t length) const {
  const auto first = std::partition_point(patches_.begin(), patches_.end(),
                                          [&](const TablePatch& patch) { return patch.end() <= offset; });
  const auto last = std::partition_point(
      first, patches_.end(), [&](const TablePatch& patch) { return patch.offset < offset + length; });
  return {first, last};
}

bool TableDevice::holds_source() {
  std::vector<std::byte> found;
  return std::all_of(patches_.begin(), patches_.end(), [&](const TablePatch& patch) {
    if (patch.source.empty()) return true;
    found.resize(patch.source.size());
    read_wait(below_, patch.offset, found);
    return found == patch.source;
  });
}

RangeSet TableDevice::wrong_beyond() {
  RangeSet wrong;
  for (const Own& own : own_) {
    if (!own.beyond) continue;
    std::vector<std::byte> found(own.bytes.size());
    read_wait(below_, own.offset, found);
    for (std::size_t at = 0; at < found.size(); at += limits_.logical_block) {
      if (same(std::span(found).subspan(at, limits_.logical_block),
               std::span(own.bytes).subspan(at, limits_.logical_block)))
        continue;
      wrong.add({own.offset + at, limits_.logical_block});
    }
  }
  return wrong;
}

std::vector<Extent> TableDevice::extents(std::uint64_t offset, std::uint64_t length) {
  std::vector<Extent> result;
  const auto add = [&result](std::uint64_t begin, std::uint64_t end, Extent::Kind kind) {
    if (begin == end) return;
    if (!result.empty() && result.back().kind == kind)
      result.back().length += end - begin;
    else
      result.push_back({begin, end - begin, kind});
  };
  for (const Extent& extent : below_.extents(offset, length)) {
    std::uint64_t at = extent.offset;
    if (extent.kind == Extent::Kind::zero)
      for (const TablePatch& patch : touched(extent.offset, extent.length)) {
        const std::uint64_t begin = std::max(at, patch.offset), end = std::min(extent.end(), patch.end());
        add(at, begin, extent.kind);
        add(begin, end, Extent::Kind::data);
        at = end;
      }
    add(at, extent.end(), extent.kind);
  }
  return result;
}

void TableDevice::exchange(std::uint64_t offset, std::span<std::byte> bytes) const {
  for (const TablePatch& patch : touched(offset, bytes.size())) {
    if (patch.source.empty() || patch.offset < offset || patch.end() > offset + bytes.size()) continue;
    const auto part = bytes.subspan(patch.offset - offset, patch.wanted.size());
    if (same(part, patch.wanted))
      std::copy(patch.source.begin(), patch.source.end(), part.begin());
    else if (same(part, patch.source))
      std::copy(patch.wanted.begin(), patch.wanted.end(), part.begin());
  }
}

void TableDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  if (touched(offset, into.size()).empty()) return below_.read(offset, into, std::move(done));
  below_.read(offset, into, [this, offset, into, done = std::move(done)](const Error* error) mutable {
    if (error == nullptr) exchange(offset, into);
    done(error);
  });
}

void TableDevice::write(std::uint64_t offset, std::span<const std::byte> from, Completion done) {
  if (offset == 0) boot_region_written_ = true;
  const auto patches = touched(offset, from.size());
  if (patches.empty()) return below_.write(offset, from, std::move(done));
  const auto copy = std::make_shared<std::vector<std::byte>>(from.begin(), from.end());
  for (const TablePatch& patch : patches)
    if (patch.offset >= offset && patch.end() <= offset + from.size())
      std::copy(patch.wanted.begin(), patch.wanted.end(),
                copy->begin() + static_cast<std::ptrdiff_t>(patch.offset - offset));
  below_.write(offset, *copy, [copy, done = std::move(done)](const Error* error) mutable { done(error); });
}

void TableDevice::zero(std::uint64_t offset, std::uint64_t length, Completion done) {
  const auto patches = touched(offset, length);
  if (std::all_of(patches.begin(), patches.end(), [](const auto& patch) { return all_zero(patch.wanted); }))
    return below_.zero(offset, length, std::move(done));
  split(offset, length, false, std::move(done));
}

void TableDevice::unmap(std::uint64_t offset, std::uint64_t length, Completion done) {
  const auto patches = touched(offset, length);
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
  for (const TablePatch& patch : touched(offset, length)) {
    if (all_zero(patch.wanted)) continue;
    clear(at, patch.offset);
    pieces.push_back({Piece::What::write, patch.offset, patch.wanted.size(), &patch});
    at = patch.end();
  }
  clear(at, offset + length);

  const auto all = std::make_shared<Pieces>(pieces.size(), std::move(done));
  for (const Piece& piece : pieces) {
    Completion end = [all](const Error* error) { all->end(error); };
    if (piece.what == Piece::What::write)
      below_.write(piece.offset, piece.patch->wanted, std::move(end));
    else if (piece.what == Piece::What::zero)
      below_.zero(piece.offset, piece.length, std::move(end));
    else
      below_.unmap(piece.offset, piece.length, std::move(end));
  }
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
