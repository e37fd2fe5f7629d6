// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/ordered_hash.h"

#include <atomic>
#include <thread>

#include "copy/copy_checks.h"

using namespace san;
using namespace san::copy;

namespace {

/// The pieces of a content in a random order; every third is all zeros.
struct Pieces {
  explicit Pieces(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t length = 1 + random() % 5000;
      if (i % 3 == 2)
        content.resize(content.size() + length);
      else
        for (const std::byte byte : random_bytes(length, random())) content.push_back(byte);
      all.push_back({content.size() - length, length, i % 3 == 2});
    }
    std::shuffle(all.begin(), all.end(), random);
  }
  void add(OrderedHash& hash, std::size_t i, std::shared_ptr<const void> owner = nullptr) const {
    const auto& [offset, length, zero] = all[i];
    if (zero)
      hash.add_zeros(offset, length);
    else
      hash.add(offset, std::span(content).subspan(offset, length), std::move(owner));
  }
  struct One {
    std::size_t offset, length;
    bool zero;
  };
  Content content;
  std::vector<One> all;
};

}  // namespace

TEST_CASE("nothing hashed is the hash of nothing") {
  OrderedHash hash;
  CHECK(hash.position() == 0);
  CHECK(hash.digest() == hash128({}));
  hash.add(0, {}, nullptr);
  hash.add_zeros(0, 0);
  CHECK(hash.digest() == hash128({}));
}

TEST_CASE("pieces in any order give the hash of the whole") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Pieces pieces(50, seed);
    OrderedHash hash;
    for (std::size_t i = 0; i < pieces.all.size(); ++i) pieces.add(hash, i);
    CHECK(hash.position() == pieces.content.size());
    CHECK(hash.digest() == hash128(pieces.content));
  }
}

TEST_CASE("from many threads") {
  for (unsigned seed = 0; seed < 5; ++seed) {
    const Pieces pieces(400, seed);
    const auto owner = std::make_shared<int>(0);
    OrderedHash hash;
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < pieces.all.size(); i = next++) pieces.add(hash, i, owner);
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(hash.position() == pieces.content.size());
    CHECK(hash.digest() == hash128(pieces.content));
    CHECK(owner.use_count() == 1);
  }
}

TEST_CASE("an early piece is kept until its turn, and not longer") {
  const Content content = random_bytes(300, 9);
  OrderedHash hash;
  const auto first = std::make_shared<int>(0), second = std::make_shared<int>(0);
  hash.add(100, std::span(content).subspan(100, 200), second);
  CHECK(hash.position() == 0);
  CHECK(second.use_count() == 2);
  hash.add(0, std::span(content).first(100), first);
  CHECK(hash.position() == 300);
  CHECK(first.use_count() == 1);
  CHECK(second.use_count() == 1);
  CHECK(hash.digest() == hash128(content));
}

TEST_CASE("stop() lets go of what waits for a piece that will not come") {
  const Content content = random_bytes(300, 9);
  OrderedHash hash;
  const auto owner = std::make_shared<int>(0);
  hash.add(0, std::span(content).first(50), owner);
  hash.add(100, std::span(content).subspan(100, 100), owner);
  CHECK(owner.use_count() == 2);
  hash.stop();
  CHECK(owner.use_count() == 1);
  hash.add(200, std::span(content).subspan(200), owner);
  hash.add(50, std::span(content).subspan(50, 50), owner);
  CHECK(owner.use_count() == 1);
  CHECK(hash.position() == 50);
  CHECK(hash.digest() == hash128(std::span(content).first(50)));
}
