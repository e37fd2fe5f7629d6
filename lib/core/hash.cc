// SPDX-License-Identifier: Apache-2.0
#include "core/hash.h"

#include <fmt/core.h>

#include <algorithm>
#include <new>

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#endif

#include "core/endian.h"

namespace san {
namespace {

Hash128 canonical(XXH128_hash_t value) {
  Hash128 result;
  const auto bytes = std::as_writable_bytes(std::span(result.bytes));
  write_at(bytes, 0, be64(value.high64));
  write_at(bytes, 8, be64(value.low64));
  return result;
}

constexpr std::size_t kZeros = 4096;
alignas(64) constexpr std::byte zeros[kZeros] = {};

// XXH3 takes 64-byte stripes; 16 of them (the default secret of 192 bytes allows that many) make a block,
// which ends by a scramble of the eight accumulators (xxHash's doc/xxhash_spec.md, "XXH3 large keys"). A
// stripe of zeros adds to each accumulator a constant that depends on the secret only, so a block of zeros is
// eight additions and one scramble.
constexpr std::size_t kStripes = 16, kLanes = 8, kBlock = 1024;

struct ZeroBlocks {
  /// Sum that stripes 0 to i-1 of a block add to each accumulator.
  std::uint64_t sum[kStripes + 1][kLanes] = {};
  std::uint64_t key[kLanes] = {};

  ZeroBlocks() {
    const std::span<const std::byte> secret = default_secret();
    for (std::size_t i = 0; i < kStripes; ++i)
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::uint64_t k = *read_at<le64>(secret, i * 8 + lane * 8);
        sum[i + 1][lane] = sum[i][lane] + (k & 0xFFFFFFFF) * (k >> 32);
      }
    for (std::size_t lane = 0; lane < kLanes; ++lane) key[lane] = *read_at<le64>(secret, 192 - 64 + lane * 8);
  }

  static std::span<const std::byte> default_secret() {
    // The state without a seed refers to the library's own secret.
    static const auto secret = [] {
      alignas(64) XXH3_state_t state;
      XXH3_128bits_reset(&state);
      return std::as_bytes(std::span(state.extSecret, 192));
    }();
    return secret;
  }

  /// Advances `state` by `blocks` x 1024 zeros. Its buffer must already contain only zeros.
  void advance(XXH3_state_t& state, std::uint64_t blocks) const {
    if (blocks == 0) return;
    const std::size_t at = state.nbStripesSoFar;
    // x is an accumulator before its scramble, with all stripes of the block added. Two halves of four
    // lanes: as many as processors have registers for.
    for (std::size_t lane = 0; lane < kLanes; lane += 4) {
      const auto to_scramble = [&](std::size_t i) { return sum[kStripes][lane + i] - sum[at][lane + i]; };
      const auto whole = [&](std::size_t i) { return sum[kStripes][lane + i]; };
      const auto scramble = [&](std::uint64_t x, std::uint64_t k) {
        return (x ^ (x >> 47) ^ k) * 0x9E3779B1U;
      };
      const std::uint64_t k0 = key[lane], k1 = key[lane + 1], k2 = key[lane + 2], k3 = key[lane + 3];
      const std::uint64_t c0 = whole(0), c1 = whole(1), c2 = whole(2), c3 = whole(3);
      std::uint64_t x0 = state.acc[lane] + to_scramble(0), x1 = state.acc[lane + 1] + to_scramble(1);
      std::uint64_t x2 = state.acc[lane + 2] + to_scramble(2), x3 = state.acc[lane + 3] + to_scramble(3);
      for (std::uint64_t i = 1; i < blocks; ++i) {
        x0 = scramble(x0, k0) + c0;
        x1 = scramble(x1, k1) + c1;
        x2 = scramble(x2, k2) + c2;
        x3 = scramble(x3, k3) + c3;
      }
      state.acc[lane] = scramble(x0, k0) + sum[at][lane];
      state.acc[lane + 1] = scramble(x1, k1) + sum[at][lane + 1];
      state.acc[lane + 2] = scramble(x2, k2) + sum[at][lane + 2];
      state.acc[lane + 3] = scramble(x3, k3) + sum[at][lane + 3];
    }
    state.totalLen += blocks * kBlock;
  }
};

void feed(XXH3_state_t& state, std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  XXH3_128bits_update_dispatch(&state, bytes.data(), bytes.size());
#else
  XXH3_128bits_update(&state, bytes.data(), bytes.size());
#endif
}

void feed_zeros_slowly(XXH3_state_t& state, std::uint64_t length) {
  for (; length > 0; length -= std::min<std::uint64_t>(length, kZeros))
    feed(state, std::span(zeros).first(static_cast<std::size_t>(std::min<std::uint64_t>(length, kZeros))));
}

void feed_zeros_fast(XXH3_state_t& state, std::uint64_t length) {
  static const ZeroBlocks zero_blocks;
  // The first block goes the ordinary way and fills the state's buffer with zeros.
  const std::uint64_t first = std::min<std::uint64_t>(length, kBlock);
  feed_zeros_slowly(state, first);
  zero_blocks.advance(state, (length - first) / kBlock);
  feed_zeros_slowly(state, (length - first) % kBlock);
}

/// Tests once that the fast path gives the hash of the ordinary one: XXH3_state_t is internal to the shared
/// library, and another version may change it.
bool fast_works() {
  static const bool works = [] {
    if (XXH_versionNumber() != XXH_VERSION_NUMBER) return false;
    alignas(64) XXH3_state_t slow, fast;
    XXH3_128bits_reset(&slow);
    XXH3_128bits_reset(&fast);
    constexpr std::byte odd[333] = {std::byte{1}, std::byte{2}};
    for (const std::uint64_t length : {std::uint64_t{5000}, std::uint64_t{100'000}, std::uint64_t{1024}}) {
      feed(slow, odd);
      feed(fast, odd);
      feed_zeros_slowly(slow, length);
      feed_zeros_fast(fast, length);
    }
    const auto a = XXH3_128bits_digest(&slow), b = XXH3_128bits_digest(&fast);
    return XXH128_isEqual(a, b) != 0;
  }();
  return works;
}

}  // namespace

std::string Hash128::hex() const {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Hash128 hash128(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  return canonical(XXH3_128bits_dispatch(bytes.data(), bytes.size()));
#else
  return canonical(XXH3_128bits(bytes.data(), bytes.size()));
#endif
}

struct Hasher::State {
  alignas(64) XXH3_state_t xxh;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh);
}
Hasher::~Hasher() = default;

void Hasher::update(std::span<const std::byte> bytes) {
  feed(state_->xxh, bytes);
}

void Hasher::update_zeros(std::uint64_t length) {
  if (fast_works())
    feed_zeros_fast(state_->xxh, length);
  else
    feed_zeros_slowly(state_->xxh, length);
}

Hash128 Hasher::digest() const {
  return canonical(XXH3_128bits_digest(&state_->xxh));
}

}  // namespace san
