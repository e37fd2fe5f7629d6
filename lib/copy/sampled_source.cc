// SPDX-License-Identifier: Apache-2.0
#include "copy/sampled_source.h"

#include <algorithm>
#include <random>
#include <set>

#include "core/units.h"

namespace san::copy {
namespace {

constexpr std::uint64_t kPiece = 64 * KiB, kEnds = MiB / kPiece, kRandom = 64;

/// Returns the numbers of the pieces to sample, of a device that has `pieces`.
std::set<std::uint64_t> choose(std::uint64_t pieces) {
  std::set<std::uint64_t> chosen;
  for (std::uint64_t i = 0; i < std::min(pieces, kEnds); ++i) {
    chosen.insert(i);
    chosen.insert(pieces - 1 - i);
  }
  std::random_device seed;
  std::mt19937_64 random((std::uint64_t{seed()} << 32) | seed());
  for (std::uint64_t i = 0; i < kRandom && pieces > 0; ++i) chosen.insert(random() % pieces);
  return chosen;
}

}  // namespace

SampledSource::SampledSource(ReadableDevice& below) : ReadableFilter(below) {
  for (const std::uint64_t piece : choose(round_up(below.size(), kPiece) / kPiece))
    parts_.push_back({{piece * kPiece, std::min(kPiece, below.size() - piece * kPiece)}, {}});
}

void SampledSource::read(std::uint64_t offset, std::span<std::byte> into, Completion done) {
  below_.read(offset, into, [this, offset, into, done = std::move(done)](const Error* error) mutable {
    if (error == nullptr) look(offset, into);
    done(error);
  });
}

void SampledSource::look(std::uint64_t offset, std::span<const std::byte> bytes) {
  // The ranges never change after construction; a range that is read twice may be hashed twice.
  auto part = std::lower_bound(parts_.begin(), parts_.end(), offset,
                               [](const Part& one, std::uint64_t at) { return one.range.offset < at; });
  for (; part != parts_.end() && part->range.end() <= offset + bytes.size(); ++part) {
    const Hash128 hash = hash128(bytes.subspan(part->range.offset - offset, part->range.length));
    const std::scoped_lock lock(mutex_);
    if (!part->hash) part->hash = hash;
  }
}

std::optional<Range> SampledSource::changed() {
  std::vector<std::byte> bytes(kPiece);
  for (const Part& part : parts_) {
    std::optional<Hash128> before;
    {
      const std::scoped_lock lock(mutex_);
      before = part.hash;
    }
    if (!before) continue;
    const auto now = std::span(bytes).first(part.range.length);
    read_wait(below_, part.range.offset, now);
    if (hash128(now) != *before) return part.range;
  }
  return std::nullopt;
}

}  // namespace san::copy
