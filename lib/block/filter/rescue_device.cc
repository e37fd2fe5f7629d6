// SPDX-License-Identifier: Apache-2.0
#include "block/filter/rescue_device.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/process/log.h"
#include "core/units.h"

namespace san {

RescueDevice::RescueDevice(ReadableDevice& below, unsigned retries)
    : ReadableFilter(below), retries_(retries), block_(below.limits().logical_block) {}

RescueDevice::~RescueDevice() = default;

RangeSet RescueDevice::bad() const {
  const std::scoped_lock lock(mutex_);
  return bad_;
}

std::uint64_t RescueDevice::bad_bytes() const {
  const std::scoped_lock lock(mutex_);
  return bad_.total();
}

void RescueDevice::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  below_.read(offset, into, [this, offset, into, done = std::move(done)](const Error* error) mutable {
    if (error == nullptr) {
      if (!into.empty()) good_ = offset;
      return done(nullptr);
    }
    if (cancelled_ || error->code() != Exit::failed) return done(error);
    worker_.submit(
        [this, offset, into, done = std::move(done)]() mutable { rescue(offset, into, std::move(done)); });
  });
}

void RescueDevice::rescue(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  try {
    read_pieces(offset, into);
  } catch (const Error& error) {
    return done(&error);
  }
  done(nullptr);
}

void RescueDevice::read_pieces(std::uint64_t offset, std::span<std::byte> into) {
  struct Piece {
    std::uint64_t offset;
    std::size_t length;
  };
  // The last piece is the next; halves are read in the order of the disk.
  std::vector<Piece> pieces = {{offset, into.size()}};
  while (!pieces.empty()) {
    const Piece piece = pieces.back();
    pieces.pop_back();
    const auto bytes = into.subspan(piece.offset - offset, piece.length);
    auto error = try_read(piece.offset, bytes);
    if (!error) continue;
    if (piece.length > block_) {
      const std::size_t half = round_up(piece.length / 2, block_);
      pieces.push_back({piece.offset + half, piece.length - half});
      pieces.push_back({piece.offset, half});
      continue;
    }
    for (unsigned i = 0; i < retries_ && error; ++i) error = try_read(piece.offset, bytes);
    if (error) give_up(piece.offset, bytes, *error);
  }
}

std::optional<Error> RescueDevice::try_read(std::uint64_t offset, std::span<std::byte> into) {
  try {
    read_wait(below_, offset, into);
    good_ = offset;
    return std::nullopt;
  } catch (const Error& error) {
    if (cancelled_ || error.code() != Exit::failed) throw;
    if (const std::uint64_t good = good_; good != kNowhere && good != offset) {
      std::vector<std::byte> control(block_);
      read_wait(below_, good, control);  // throws if the device is gone
    }
    return error;
  }
}

void RescueDevice::give_up(std::uint64_t offset, std::span<std::byte> into, const Error& error) {
  std::fill(into.begin(), into.end(), std::byte{0});
  const std::scoped_lock lock(mutex_);
  if (bad_.empty()) log::warning("{}; zeros take the place of what cannot be read", error.what());
  bad_.add({offset, into.size()});
}

void RescueDevice::cancel() {
  cancelled_ = true;
  below_.cancel();
}

}  // namespace san
