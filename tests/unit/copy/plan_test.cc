// SPDX-License-Identifier: Apache-2.0
#include "copy/plan.h"

#include "copy/copy_checks.h"
#include "copy/sparse_device.h"

using namespace san;
using namespace san::copy;
using Kind = Extent::Kind;

namespace {

std::vector<Piece> pieces_of(ReadableDevice& source, std::uint64_t begin, std::uint64_t end,
                             std::uint64_t block) {
  Plan plan(source, Range::between(begin, end), block);
  std::vector<Piece> pieces;
  while (const auto piece = plan.next()) {
    pieces.push_back(*piece);
    REQUIRE(pieces.size() < 100'000);
  }
  CHECK(!plan.next());
  return pieces;
}

std::vector<Piece> pieces_of(ReadableDevice& source, std::uint64_t block = MiB) {
  return pieces_of(source, 0, source.size(), block);
}

/// Whatever the extents: [begin, end) exactly, in order; pieces of data within one block; zeros long,
/// aligned, and only where the device said zero.
void check_pieces(SparseDevice& source, std::uint64_t begin, std::uint64_t end, std::uint64_t block) {
  std::uint64_t at = begin;
  for (const Piece& piece : pieces_of(source, begin, end, block)) {
    REQUIRE(piece.offset == at);
    REQUIRE(piece.length > 0);
    at += piece.length;
    if (!piece.zero) {
      REQUIRE(piece.offset / block == (at - 1) / block);
      continue;
    }
    REQUIRE(piece.length >= Plan::kShortHole);
    REQUIRE((piece.offset == begin || piece.offset % Plan::kAlignment == 0));
    REQUIRE((at == end || at % Plan::kAlignment == 0));
    for (const Extent& extent : source.extents(piece.offset, piece.length))
      REQUIRE(extent.kind == Kind::zero);
  }
  REQUIRE(at == end);
}

}  // namespace

TEST_CASE("data is cut at multiples of the block") {
  SparseDevice source(2 * MiB + 512, {}, Kind::unknown);
  CHECK(pieces_of(source) == std::vector<Piece>{{0, MiB, false}, {MiB, MiB, false}, {2 * MiB, 512, false}});
  CHECK(pieces_of(source, 4096, MiB + 4096, MiB) ==
        std::vector<Piece>{{4096, MiB - 4096, false}, {MiB, 4096, false}});
}

TEST_CASE("nothing is no piece") {
  SparseDevice source(MiB, {});
  CHECK(pieces_of(source, 0, 0, MiB).empty());
  CHECK(pieces_of(source, MiB, MiB, MiB).empty());
  CHECK(source.asked().empty());
}

TEST_CASE("only what is known to be zeros is; data and unknown are read together") {
  SparseDevice source(
      4 * MiB, {{0, MiB / 2, Kind::data}, {MiB / 2, MiB / 2, Kind::unknown}, {2 * MiB, MiB, Kind::zero}},
      Kind::unknown);
  CHECK(pieces_of(source) ==
        std::vector<Piece>{{0, MiB, false}, {MiB, MiB, false}, {2 * MiB, MiB, true}, {3 * MiB, MiB, false}});
}

TEST_CASE("zeros are cut to 4096, except at the ends of the range") {
  SparseDevice source(8 * MiB + 512, {{512, MiB, Kind::data}, {4 * MiB + 512, 512, Kind::data}});
  const auto pieces = pieces_of(source, 8 * MiB);
  // The 512 bytes of hole in front are short; the hole behind the data begins at the next 4096.
  CHECK(pieces == std::vector<Piece>{{0, MiB + 4096, false},
                                     {MiB + 4096, 3 * MiB - 4096, true},
                                     {4 * MiB, 4096, false},
                                     {4 * MiB + 4096, 4 * MiB + 512 - 4096, true}});
}

TEST_CASE("a short hole is read along, one byte more is not") {
  SparseDevice shorter(2 * MiB, {{MiB, Plan::kShortHole - 4096, Kind::zero}}, Kind::data);
  CHECK(pieces_of(shorter, 4 * MiB) == std::vector<Piece>{{0, 2 * MiB, false}});
  SparseDevice enough(2 * MiB, {{MiB, Plan::kShortHole, Kind::zero}}, Kind::data);
  CHECK(pieces_of(enough, 4 * MiB).size() == 3);
  // Of this one 4096 bytes are lost at each end.
  SparseDevice askew(2 * MiB, {{MiB + 512, Plan::kShortHole, Kind::zero}}, Kind::data);
  CHECK(pieces_of(askew, 4 * MiB).size() == 1);
}

TEST_CASE("a hole smaller than the alignment does not wrap around") {
  SparseDevice source(2 * MiB, {{4096 + 512, 1024, Kind::zero}, {8192 + 512, 512, Kind::zero}}, Kind::data);
  CHECK(pieces_of(source) == std::vector<Piece>{{0, MiB, false}, {MiB, MiB, false}});
}

TEST_CASE("extents are asked for window by window, and only when they are needed") {
  const std::uint64_t size = 3 * GiB + 5 * MiB;
  SparseDevice source(size, {});
  Plan plan(source, Range::between(MiB, size), MiB);
  CHECK(source.asked().empty());
  CHECK(plan.next() == Piece{MiB, GiB - MiB, true});
  CHECK(source.asked().size() == 1);
  CHECK(plan.next() == Piece{GiB, GiB, true});
  CHECK(plan.next() == Piece{2 * GiB, GiB, true});
  CHECK(plan.next() == Piece{3 * GiB, 5 * MiB, true});
  CHECK(!plan.next());
  CHECK(source.asked() ==
        std::vector<Range>{{MiB, GiB - MiB}, {GiB, GiB}, {2 * GiB, GiB}, {3 * GiB, 5 * MiB}});
}

TEST_CASE("what extents() throws comes through") {
  SparseDevice source(3 * GiB, {});
  source.fail_extents_from(GiB);
  Plan plan(source, {0, 3 * GiB}, MiB);
  CHECK(plan.next());
  const auto error = error_of([&] { plan.next(); });
  REQUIRE(error);
  CHECK(error->cause() == "cannot tell what is allocated");
}

TEST_CASE("random extents, ranges and blocks") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t blocks = 1 + random() % 40'000;
    std::vector<Extent> extents;
    const Kind kinds[] = {Kind::data, Kind::zero, Kind::unknown};
    for (std::uint64_t at = random() % 100; at < blocks;) {
      const std::uint64_t length = std::min(blocks - at, 1 + random() % (random() % 2 == 0 ? 16 : 3000));
      extents.push_back({at * 512, length * 512, kinds[random() % 3]});
      at += length + (random() % 2 == 0 ? 0 : random() % 500);
    }
    SparseDevice source(blocks * 512, extents, kinds[random() % 3]);
    std::uint64_t begin = random() % (blocks + 1) * 512, end = random() % (blocks + 1) * 512;
    if (begin > end) std::swap(begin, end);
    CAPTURE(round);
    check_pieces(source, begin, end, 4096U << (random() % 11));
    check_pieces(source, 0, blocks * 512, MiB);
  }
}
