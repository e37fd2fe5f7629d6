// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "block/device_base.h"
#include "core/range.h"
#include "core/units.h"

/// A source of any size that holds zeros, with extents as a test wants them: what these leave out is `rest`.
/// Each 4 KiB of an extent of data begins with a byte that is not zero.
class SparseDevice final : public san::ReadableBase {
 public:
  SparseDevice(std::uint64_t size, std::vector<san::Extent> extents,
               san::Extent::Kind rest = san::Extent::Kind::zero)
      : size_(size), extents_(std::move(extents)), rest_(rest) {}

  /// Ranges that extents() was asked for.
  std::vector<san::Range> asked() const { return asked_; }
  /// From now on extents() throws for ranges that reach past `offset`.
  void fail_extents_from(std::uint64_t offset) { fail_from_ = offset; }

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  san::Limits limits() const override {
    san::Limits limits;
    limits.max_transfer = limits.max_zero = san::GiB;
    limits.unmap_guaranteed = true;
    return limits;
  }

  std::vector<san::Extent> extents(std::uint64_t offset, std::uint64_t length) override {
    san::check_range(*this, offset, length);
    asked_.push_back({offset, length});
    if (offset + length > fail_from_)
      throw san::Error(san::Exit::failed, name_, "cannot tell what is allocated");
    std::vector<san::Extent> found;
    const std::uint64_t end = offset + length;
    for (const san::Extent& extent : extents_) {
      const std::uint64_t from = std::max(extent.offset, offset), to = std::min(extent.end(), end);
      if (from >= to) continue;
      if (from > offset) found.push_back({offset, from - offset, rest_});
      found.push_back({from, to - from, extent.kind});
      offset = to;
    }
    if (offset < end) found.push_back({offset, end - offset, rest_});
    return found;
  }

  void read(std::uint64_t offset, std::span<std::byte> into, san::Completion done) override {
    std::fill(into.begin(), into.end(), std::byte{0});
    for (const san::Extent& extent : extents_) {
      if (extent.kind != san::Extent::Kind::data) continue;
      std::uint64_t at = san::round_up(std::max(extent.offset, offset), 4096);
      for (; at < std::min(extent.end(), offset + into.size()); at += 4096)
        into[static_cast<std::size_t>(at - offset)] = std::byte{1};
    }
    done(nullptr);
  }

 private:
  std::string name_ = "sparse";
  std::uint64_t size_;
  std::vector<san::Extent> extents_;
  san::Extent::Kind rest_;
  std::vector<san::Range> asked_;
  std::uint64_t fail_from_ = ~std::uint64_t{0};
};
