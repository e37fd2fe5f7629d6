// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_map_format.h"

#include "copy/map_checks.h"
#include "core/endian.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;

namespace {

Header a_header() {
  Header header;
  header.id = 0x0123456789ABCDEF;
  header.bytes = 10 * MiB + 512;
  header.block = 64 * KiB;
  header.base = true;
  header.source = "file /images/disk.img";
  header.note = "2026-11-22 20:13:17.123456789 UTC";
  header.destinations = {"iqn.2026-11.org.example:a naa.6001405", "", std::string("with\0zero", 9)};
  return header;
}

std::vector<Record> some_records() {
  return {{0, 0, 1, data_slot(1)},
          {2, 5, 1, data_slot(2)},
          {1, 7, 100, {State::zero, {}}},
          {0, 160, 1, {State::unknown, {}}}};
}

bool refused(const std::optional<Error>& error) {
  return error && error->code() == Exit::refused && error->object() == "FILE";
}

/// What reading the header says.
std::optional<Error> header_error(const Content& bytes) {
  return error_of([&] { read_header(bytes, "FILE"); });
}

/// The same header or batch with another value at `offset`, and the checksum that belongs to it.
template <typename T>
Content with(Content bytes, std::size_t offset, const T& value, std::uint64_t seed);

}  // namespace

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

void seal(Content& bytes, std::size_t from, std::size_t to, std::uint64_t seed) {
  write_at(bytes, to, le64(XXH3_64bits_withSeed(bytes.data() + from, to - from, seed)));
}

template <typename T>
Content with(Content bytes, std::size_t offset, const T& value, std::uint64_t seed) {
  write_at(bytes, offset, value);
  seal(bytes, 0, bytes.size() - 8, seed);
  return bytes;
}

}  // namespace

TEST_CASE("a header is read as it was written") {
  const Header header = a_header();
  Content bytes = write_header(header);
  const std::size_t length = bytes.size();
  bytes.resize(length + 1000, std::byte{0x5A});
  const auto [read, taken] = read_header(bytes, "FILE");
  CHECK(taken == length);
  CHECK(read.id == header.id);
  CHECK(read.bytes == header.bytes);
  CHECK(read.block == header.block);
  CHECK(read.base);
  CHECK(read.source == header.source);
  CHECK(read.note == header.note);
  CHECK(read.destinations == header.destinations);
  CHECK(read.blocks() == 161);
}

TEST_CASE("the layout is that of clone-map(5)") {
  const Content bytes = write_header(a_header());
  CHECK(std::memcmp(bytes.data(), "SANCLMAP", 8) == 0);
  CHECK(*read_at<le32>(bytes, 8) == 2);
  CHECK(*read_at<le32>(bytes, 12) == bytes.size());
  CHECK(*read_at<le64>(bytes, 16) == 0x0123456789ABCDEF);
  CHECK(*read_at<le64>(bytes, 24) == 10 * MiB + 512);
  CHECK(*read_at<le32>(bytes, 32) == 64 * KiB);
  CHECK(*read_at<le32>(bytes, 36) == 3);
  CHECK(*read_at<le32>(bytes, 40) == 1);
  CHECK(*read_at<le16>(bytes, 44) == 21);
  CHECK(std::memcmp(bytes.data() + 46, "file /images/disk.img", 21) == 0);
  CHECK(*read_at<le64>(bytes, bytes.size() - 8) == XXH3_64bits_withSeed(bytes.data(), bytes.size() - 8, 2));

  const Content batch = write_batch(a_header(), 3, some_records());
  CHECK(batch.size() == 24 + 4 * 40 + 8);
  CHECK(std::memcmp(batch.data(), "BATC", 4) == 0);
  CHECK(*read_at<le32>(batch, 4) == 4);
  CHECK(*read_at<le64>(batch, 8) == 3);
  CHECK(*read_at<le64>(batch, 16) == XXH3_64bits_withSeed(batch.data(), 16, a_header().id));
  const std::size_t third = 24 + 2 * 40;
  CHECK(*read_at<le32>(batch, third) == 1);
  CHECK(batch[third + 4] == std::byte{2});
  CHECK(*read_at<le64>(batch, third + 8) == 7);
  CHECK(*read_at<le64>(batch, third + 16) == 100);
  CHECK(std::memcmp(batch.data() + 24 + 24, some_records()[0].slot.hash.bytes.data(), 16) == 0);
  CHECK(*read_at<le64>(batch, batch.size() - 8) ==
        XXH3_64bits_withSeed(batch.data(), batch.size() - 8, a_header().id ^ 3));
}

TEST_CASE("records about a destination as a whole have the layout of clone-map(5), and survive") {
  std::vector<Record> records(5);
  const Record::Kind kinds[] = {Record::Kind::new_epoch, Record::Kind::first_epoch, Record::Kind::progress,
                                Record::Kind::silent_changes, Record::Kind::no_silent_changes};
  const int states[] = {128, 131, 129, 130, 132};
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].kind = kinds[i];
    records[i].destination = static_cast<std::uint32_t>(i % 3);
    records[i].count = 0;
    records[i].epoch = {Token::random(), 1'000'000'000'000 + i};
  }
  const Content batch = write_batch(a_header(), 0, records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::size_t at = 24 + i * 40;
    CHECK(batch[at + 4] == static_cast<std::byte>(states[i]));
    CHECK(*read_at<le64>(batch, at + 8) == records[i].epoch.counter);
    CHECK(*read_at<le64>(batch, at + 16) == 0);
    CHECK(std::memcmp(batch.data() + at + 24, records[i].epoch.token.bytes.data(), 16) == 0);
  }
  const auto read = read_batch(a_header(), 0, batch, "map");
  REQUIRE(read);
  CHECK(read->records == records);
  records[0].destination = 3;
  CHECK(error_of([&] { read_batch(a_header(), 0, write_batch(a_header(), 0, records), "map"); }));
}

TEST_CASE("a standing follows epochs and their progress") {
  const Token first = Token::random(), second = Token::random();
  const auto record = [](Record::Kind kind, const Token& token = {}, std::uint64_t counter = 0) {
    Record one;
    one.kind = kind;
    one.epoch = {token, counter};
    return one;
  };
  Standing standing;
  apply(standing, record(Record::Kind::first_epoch, first));
  apply(standing, record(Record::Kind::progress, first, 5));
  CHECK(standing == Standing{{first, 5}, {}, false});
  apply(standing, record(Record::Kind::progress, first, 3));
  CHECK(standing.epoch.counter == 5);
  apply(standing, record(Record::Kind::new_epoch, second));
  CHECK(standing == Standing{{second, 0}, {first, 5}, false});
  SUBCASE("what was on its way when another epoch began changes nothing") {
    apply(standing, record(Record::Kind::progress, first, 6));
    CHECK(standing == Standing{{second, 0}, {first, 5}, false});
  }
  SUBCASE("with something known the epoch before is as good no more") {
    apply(standing, record(Record::Kind::progress, second, 6));
    CHECK(standing == Standing{{second, 6}, {}, false});
  }
  SUBCASE("a head that was there had no mark") {
    apply(standing, record(Record::Kind::first_epoch, Token()));
    CHECK(standing.before == Epoch());
  }
  apply(standing, record(Record::Kind::silent_changes));
  CHECK(standing.silent_changes);
  CHECK(read_standing(write_standing(standing)) == standing);
  CHECK(write_standing(standing).size() == kStandingBytes);
  apply(standing, record(Record::Kind::no_silent_changes));
  CHECK(!standing.silent_changes);
}

TEST_CASE("a header with any byte changed, or cut anywhere, is refused") {
  const Content good = write_header(a_header());
  for (std::size_t at = 0; at < good.size(); ++at) {
    CAPTURE(at);
    for (const unsigned flip : {1U, 0x80U, 0xFFU}) {
      Content bad = good;
      bad[at] ^= static_cast<std::byte>(flip);
      CHECK(refused(header_error(bad)));
    }
    CHECK(refused(header_error(Content(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)))));
  }
}

TEST_CASE("a header that is well made and makes no sense is refused") {
  const Content good = write_header(a_header());
  CHECK(!header_error(with(good, 32, le32(4096), 2)));
  CHECK(refused(header_error(with(good, 32, le32(0), 2))));  // block
  CHECK(refused(header_error(with(good, 32, le32(512), 2))));
  CHECK(refused(header_error(with(good, 32, le32(4097), 2))));
  CHECK(refused(header_error(with(with(good, 32, le32(4096), 2), 24, le64(~0ULL), 2))));  // bytes
  CHECK(refused(header_error(with(good, 36, le32(0), 2))));                               // destinations
  CHECK(refused(header_error(with(good, 36, le32(2), 2))));
  CHECK(refused(header_error(with(good, 36, le32(4), 2))));
  CHECK(refused(header_error(with(good, 36, le32(~0U), 2))));
  CHECK(refused(header_error(with(good, 44, le16(0xFFFF), 2))));  // length of a name
  const auto version = header_error(with(good, 8, le32(3), 2));
  REQUIRE(refused(version));
  CHECK(version->cause().find("version 3") != std::string::npos);
  const auto other = header_error(random_bytes(1000, 1));
  REQUIRE(refused(other));
  CHECK(other->cause() == "is not a clone map");
}

TEST_CASE("a header that is too long cannot be written") {
  Header header = a_header();
  header.destinations.assign(64, "a");
  CHECK_NOTHROW(write_header(header));
  header.destinations.assign(65, "a");
  CHECK_THROWS_AS(write_header(header), Error);
  header.destinations.assign(2, std::string(40000, 'a'));
  CHECK_THROWS_AS(write_header(header), Error);
}

TEST_CASE("a batch is read as it was written, and nothing behind it") {
  const Header header = a_header();
  Content bytes = write_batch(header, 3, some_records());
  const std::size_t length = bytes.size();
  CHECK(batch_length(std::span(bytes).first(kBatchFront)) == length);
  bytes.resize(length + 100, std::byte{0x5A});
  const auto batch = read_batch(header, 3, bytes, "FILE");
  REQUIRE(batch);
  CHECK(batch->length == length);
  CHECK(batch->records == some_records());
}

TEST_CASE("a batch with any byte changed is refused") {
  const Header header = a_header();
  const Content good = write_batch(header, 3, some_records());
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const unsigned flip : {1U, 2U, 0x80U, 0xFFU}) {
      CAPTURE(at);
      Content bad = good;
      bad[at] ^= static_cast<std::byte>(flip);
      CHECK(refused(error_of([&] { read_batch(header, 3, bad, "FILE"); })));
      bad.resize(bad.size() + 1000, std::byte{1});
      CHECK(refused(error_of([&] { read_batch(header, 3, bad, "FILE"); })));
    }
}

TEST_CASE("a batch that a crash cut short is torn: there is none") {
  const Header header = a_header();
  const Content good = write_batch(header, 3, some_records());
  for (std::size_t length = 0; length < good.size(); ++length) {
    CAPTURE(length);
    CHECK(!read_batch(header, 3, std::span(good).first(length), "FILE"));
  }
  // The length reached the disk, and not all of the content.
  for (std::size_t from = 0; from <= good.size() - 8; ++from)
    for (const std::size_t more : {0U, 5000U}) {
      if (from > 16 && from < 24) continue;  // within a checksum it is taken for damage
      CAPTURE(from);
      Content torn = good;
      std::fill(torn.begin() + static_cast<std::ptrdiff_t>(from), torn.end(), std::byte{0});
      torn.resize(torn.size() + more);
      CHECK(!read_batch(header, 3, torn, "FILE"));
    }
  // Never taken for good.
  for (std::size_t from = good.size() - 8; from < good.size(); ++from) {
    Content torn = good;
    std::fill(torn.begin() + static_cast<std::ptrdiff_t>(from), torn.end(), std::byte{0});
    bool taken = false;
    const auto error = error_of([&] { taken = read_batch(header, 3, torn, "FILE").has_value(); });
    CHECK(!taken);
    if (error) CHECK(refused(error));
  }
}

TEST_CASE("a batch of another map or of another place is refused") {
  const Header header = a_header();
  const Content good = write_batch(header, 3, some_records());
  CHECK(refused(error_of([&] { read_batch(header, 2, good, "FILE"); })));
  Header other = header;
  ++other.id;
  CHECK(refused(error_of([&] { read_batch(other, 3, good, "FILE"); })));
}

TEST_CASE("hostile records are refused, however well their batch is made") {
  const Header header = a_header();
  const auto read = [&](const Record& record) {
    return error_of([&] {
      const Content bytes = write_batch(header, 0, std::vector{record});
      read_batch(header, 0, bytes, "FILE");
    });
  };
  CHECK(!read({2, 160, 1, data_slot(1)}));
  CHECK(!read({2, 0, 161, {State::zero, {}}}));
  CHECK(refused(read({3, 0, 1, data_slot(1)})));
  CHECK(refused(read({~0U, 0, 1, data_slot(1)})));
  CHECK(refused(read({0, 161, 1, data_slot(1)})));
  CHECK(refused(read({0, 160, 2, {State::zero, {}}})));
  CHECK(refused(read({0, ~0ULL, 2, {State::zero, {}}})));
  CHECK(refused(read({0, 1, ~0ULL, {State::zero, {}}})));
  CHECK(refused(read({0, 0, 1, {static_cast<State>(3), {}}})));
}

TEST_CASE("a batch with more records than a batch has is refused") {
  const Header header = a_header();
  Content bytes = write_batch(header, 0, some_records());
  write_at(bytes, 4, le32(kMaxRecords + 1));
  seal(bytes, 0, 16, header.id);
  CHECK(batch_length(bytes) == kBatchFront);
  CHECK(refused(error_of([&] { read_batch(header, 0, bytes, "FILE"); })));
}
