// SPDX-License-Identifier: Apache-2.0
#include "core/hash.h"

// A second implementation: the header's own, one-shot, without the dispatch and the state of the library.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>

#include "copy/copy_checks.h"
#include "core/units.h"

using namespace san;

namespace {

std::string plain(std::span<const std::byte> bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::string text;
  for (const unsigned char byte : canonical.digest) text += fmt::format("{:02x}", byte);
  return text;
}

/// A piece of a stream: data, or zeros given as a number.
struct Slice {
  std::size_t length;
  bool zero;
};

std::string streamed(const Content& content, const std::vector<Slice>& parts) {
  Hasher hasher;
  std::size_t at = 0;
  for (const Slice& part : parts) {
    if (part.zero)
      hasher.update_zeros(part.length);
    else
      hasher.update(std::span(content).subspan(at, part.length));
    at += part.length;
  }
  REQUIRE(at == content.size());
  return hasher.digest().hex();
}

Content content_of(const std::vector<Slice>& parts, unsigned seed) {
  std::size_t size = 0;
  for (const Slice& part : parts) size += part.length;
  Content content = random_bytes(size, seed);
  std::size_t at = 0;
  for (const Slice& part : parts) {
    if (part.zero) std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), part.length, std::byte{0});
    at += part.length;
  }
  return content;
}

}  // namespace

TEST_CASE("values are those of xxhsum") {
  CHECK(hash128({}).hex() == "99aa06d3014798d86001c324468d497f");
  CHECK(Hasher().digest().hex() == "99aa06d3014798d86001c324468d497f");
  const std::byte a{'a'};
  CHECK(hash128({&a, 1}).hex() == "a96faf705af16834e6c632b61e964e1f");
  const TempDir dir;
  const Content content = random_bytes(123457, 5);
  const std::string path = dir.file("x", content);
  std::FILE* pipe = popen(("xxh128sum " + path + " 2>/dev/null").c_str(), "r");
  char text[33] = {};
  const std::size_t got = std::fread(text, 1, 32, pipe);
  pclose(pipe);
  if (got == 32)
    CHECK(hash128(content).hex() == text);
  else
    MESSAGE("skipped: no xxh128sum here");
}

TEST_CASE("one-shot values of every length and alignment up to some blocks") {
  const Content content = random_bytes(8192, 1);
  for (std::size_t length = 0; length < 3000; length += length < 300 ? 1 : 37) {
    const auto bytes = std::span(content).subspan(length % 17, length);
    REQUIRE(hash128(bytes).hex() == plain(bytes));
  }
}

TEST_CASE("zeros behind data of every length, with data behind them") {
  // Lengths around the 64-byte stripes, the 256-byte buffer and the 1024-byte blocks of XXH3.
  const std::size_t zeros[] = {0,    1,    63,   64,   65,   255,  256,  257,  1023,
                               1024, 1025, 1279, 1280, 2047, 2048, 2049, 3072, 5000};
  for (std::size_t before = 0; before < 1100; before += before < 260 || before > 1000 ? 1 : 7)
    for (const std::size_t length : zeros) {
      const std::vector<Slice> parts{{before, false}, {length, true}, {before % 3 == 0 ? 0U : 77U, false}};
      const Content content = content_of(parts, static_cast<unsigned>(before));
      REQUIRE(streamed(content, parts) == plain(content));
    }
}

TEST_CASE("random mixes of data and zeros up to 10 MiB") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 150; ++round) {
    const std::size_t most = round % 30 == 0 ? 10 * MiB : round % 3 == 0 ? 300 * KiB : 5000;
    std::vector<Slice> parts;
    for (std::size_t i = 0, count = 1 + random() % 8; i < count; ++i)
      parts.push_back({random() % (most + 1), random() % 2 == 0});
    if (round % 10 == 0) parts.insert(parts.begin(), {{4096 * (random() % 64), true}});
    const Content content = content_of(parts, static_cast<unsigned>(round));
    CAPTURE(round);
    REQUIRE(streamed(content, parts) == plain(content));
    REQUIRE(hash128(content).hex() == plain(content));
  }
}

TEST_CASE("a digest in the middle changes nothing") {
  const std::vector<Slice> parts{{100, false}, {5000, true}, {3000, true}, {1, false}};
  const Content content = content_of(parts, 3);
  Hasher hasher;
  hasher.update(std::span(content).first(100));
  CHECK(hasher.digest().hex() == plain(std::span(content).first(100)));
  hasher.update_zeros(5000);
  CHECK(hasher.digest().hex() == plain(std::span(content).first(5100)));
  hasher.update_zeros(3000);
  CHECK(hasher.digest().hex() == plain(std::span(content).first(8100)));
  hasher.update(std::span(content).last(1));
  hasher.update({});
  CHECK(hasher.digest().hex() == plain(content));
}

TEST_CASE("zeros may be more than memory") {
  // 16 GiB at once are the same as in parts.
  Hasher one, many;
  one.update_zeros(16 * GiB);
  for (int i = 0; i < 16; ++i) many.update_zeros(GiB);
  CHECK(one.digest() == many.digest());
}
