// SPDX-License-Identifier: Apache-2.0
#include "copy/map/clone_map.h"

#include <sys/resource.h>

#include <csignal>

#include "copy/map_checks.h"
#include "core/hint_id.h"

using namespace san;
using namespace san::copy;
using namespace san::copy::map_format;

namespace {

MapSubject a_subject() {
  return {"file /disk.img", "yesterday", {"lun a", "lun b"}, MiB + 512, 64 * KiB};  // 17 blocks
}

std::unique_ptr<CloneMap> open(const std::string& path, const MapSubject& subject, bool fresh = false) {
  return CloneMap::open(path, subject, fresh);
}

std::optional<Error> refusal(const std::string& path, const MapSubject& subject, bool fresh = false) {
  return error_of([&] { open(path, subject, fresh); });
}

bool says(const std::optional<Error>& error, std::initializer_list<const char*> texts) {
  if (!error) return false;
  const std::string text = error->what();
  return error->code() == Exit::refused && std::all_of(texts.begin(), texts.end(), [&](const char* part) {
           return text.find(part) != std::string::npos;
         });
}

/// Block n of destination d is data(n + 100 d), or zeros where n is a multiple of 5.
Slot slot_of(std::size_t destination, std::uint64_t block) {
  return block % 5 == 0 ? Slot{State::zero, {}} : data_slot(block + 100 * destination);
}

void fill(CloneMap& map, std::size_t destination, std::uint64_t from = 0, std::uint64_t to = 17) {
  for (std::uint64_t n = from; n < to; ++n)
    map.add({static_cast<std::uint32_t>(destination), n, 1, slot_of(destination, n)});
}

/// No file grows beyond that: writes fail as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) : old_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit now{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_signal_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_signal_)(int);
};

}  // namespace

TEST_CASE("a new map knows nothing") {
  const TempDir dir(TempDir::Where::memory);
  const auto map = open(dir / "map", a_subject());
  CHECK(map->blocks() == 17);
  for (std::size_t d = 0; d < 2; ++d) {
    CHECK(map->known(d).unknown == 17);
    CHECK(map->known(d).data + map->known(d).zero == 0);
    for (std::uint64_t n = 0; n < 17; ++n) CHECK(map->at(d, n) == Slot{});
  }
}

TEST_CASE("what was committed is there again; what was only added is not") {
  const TempDir dir(TempDir::Where::memory);
  {
    const auto map = open(dir / "map", a_subject());
    fill(*map, 0, 0, 10);
    fill(*map, 1, 3, 6);
    map->commit();
    map->add({0, 4, 1, {}});  // forgotten again
    map->commit();
    fill(*map, 1, 10, 17);
  }
  const auto map = open(dir / "map", a_subject());
  for (std::uint64_t n = 0; n < 17; ++n) {
    CAPTURE(n);
    CHECK(map->at(0, n) == (n < 10 && n != 4 ? slot_of(0, n) : Slot{}));
    CHECK(map->at(1, n) == (n >= 3 && n < 6 ? slot_of(1, n) : Slot{}));
  }
  CHECK(map->known(0).data == 7);
  CHECK(map->known(0).zero == 2);
  CHECK(map->known(0).unknown == 8);
  CHECK(map->known(1).unknown == 14);
}

TEST_CASE("a map goes through many runs, and is as small at the end as after the first") {
  const TempDir dir(TempDir::Where::memory);
  std::uintmax_t first = 0;
  for (int run = 0; run < 5; ++run) {
    const auto map = open(dir / "map", a_subject());
    if (run > 0) CHECK(map->known(0).unknown == 0);
    fill(*map, 0);
    fill(*map, 1);
    map->seal();
    const auto size = std::filesystem::file_size(dir / "map");
    if (run == 0) first = size;
    CHECK(size == first);
    CHECK(!std::filesystem::exists(dir / "map.new"));
  }
  const auto map = open(dir / "map", a_subject());
  for (std::uint64_t n = 0; n < 17; ++n) CHECK(map->at(1, n) == slot_of(1, n));
  // Nothing happened: the file is not even written.
  const Content before = file_content(dir / "map");
  map->seal();
  CHECK(file_content(dir / "map") == before);
}

TEST_CASE("a run with fewer destinations, or in another order") {
  const TempDir dir(TempDir::Where::memory);
  {
    const auto map = open(dir / "map", a_subject());
    fill(*map, 0);
    map->seal();
  }
  MapSubject one = a_subject();
  one.destinations = {"lun b"};
  {
    const auto map = open(dir / "map", one);
    CHECK(map->known(0).unknown == 17);
    map->add({0, 3, 1, slot_of(1, 3)});
    map->commit();
  }
  MapSubject turned = a_subject();
  turned.destinations = {"lun b", "lun a"};
  {
    const auto map = open(dir / "map", turned);
    CHECK(map->at(0, 3) == slot_of(1, 3));
    CHECK(map->at(0, 4) == Slot{});
    CHECK(map->at(1, 4) == slot_of(0, 4));
    CHECK(map->known(0).unknown == 16);
    CHECK(map->known(1).unknown == 0);
    map->add({1, 4, 1, {}});
    map->seal();
  }
  const auto map = open(dir / "map", a_subject());
  CHECK(map->at(0, 4) == Slot{});
  CHECK(map->at(0, 6) == slot_of(0, 6));
  CHECK(map->at(1, 3) == slot_of(1, 3));
}

TEST_CASE("the map of another clone is refused, and both are shown") {
  const TempDir dir(TempDir::Where::memory);
  {
    const auto map = open(dir / "map", a_subject());
    fill(*map, 0);
    map->seal();
  }
  const Content before = file_content(dir / "map");
  MapSubject other = a_subject();
  other.source = "file /other.img";
  CHECK(says(refusal(dir / "map", other), {"source", "file /disk.img", "file /other.img"}));
  other = a_subject();
  other.bytes = 2 * MiB;
  CHECK(says(refusal(dir / "map", other), {"source", "1049088", "2.0 MiB"}));
  other = a_subject();
  other.destinations = {"lun a", "lun c"};
  CHECK(says(refusal(dir / "map", other), {"destination", "lun a", "lun b", "lun c"}));
  other = a_subject();
  other.block = 128 * KiB;
  CHECK(says(refusal(dir / "map", other), {"64.0 KiB", "128.0 KiB"}));
  CHECK(refusal(dir / "map", other)->hint_id() == HintId::map_block);
  CHECK(refusal(dir / "map", other)->hint_facts() == std::vector<std::string>{"65536"});
  other = a_subject();
  other.destinations = {"lun a", "lun a"};
  CHECK(says(refusal(dir / "map", other), {"tell", "lun a"}));
  CHECK(file_content(dir / "map") == before);
  // The time of modification is no identity.
  other = a_subject();
  other.note = "today";
  CHECK(open(dir / "map", other)->known(0).unknown == 0);
  CHECK(read_map(dir / "map").header.note == "today");
}

TEST_CASE("two destinations with one identity are refused in a new map, too") {
  const TempDir dir(TempDir::Where::memory);
  MapSubject twice = a_subject();
  twice.destinations = {"lun a", "lun a"};
  CHECK(says(refusal(dir / "map", twice), {"tell", "lun a"}));
}

TEST_CASE("with fresh, a map forgets everything; a file that is no map is left alone") {
  const TempDir dir(TempDir::Where::memory);
  {
    const auto map = open(dir / "map", a_subject());
    fill(*map, 0);
    map->seal();
  }
  MapSubject other = a_subject();
  other.source = "file /other.img";
  CHECK(open(dir / "map", other, true)->known(0).unknown == 17);
  CHECK(read_map(dir / "map").header.source == "file /other.img");
  const Content image = random_bytes(100000, 1);
  dir.file("disk.img", image);
  CHECK(says(refusal(dir / "disk.img", a_subject()), {"is not a clone map"}));
  CHECK(says(refusal(dir / "disk.img", a_subject(), true), {"is not a clone map"}));
  CHECK(file_content(dir / "disk.img") == image);
}

TEST_CASE("a map in use is refused") {
  const TempDir dir(TempDir::Where::memory);
  const auto map = open(dir / "map", a_subject());
  fill(*map, 0);
  map->commit();
  CHECK(says(refusal(dir / "map", a_subject()), {"is in use by another clone"}));
  CHECK(says(refusal(dir / "map", a_subject(), true), {"is in use by another clone"}));
}

TEST_CASE("a finished map with any byte changed, or cut anywhere, is refused; with fresh it is replaced") {
  const TempDir dir(TempDir::Where::memory);
  {
    const auto map = open(dir / "map", a_subject());
    fill(*map, 0);
    fill(*map, 1);
    map->seal();
  }
  const Content good = file_content(dir / "map");
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const unsigned flip : {1U, 0xFFU}) {
      CAPTURE(at);
      Content bad = good;
      bad[at] ^= static_cast<std::byte>(flip);
      dir.file("bad", bad);
      const auto error = refusal(dir / "bad", a_subject());
      REQUIRE(error);
      REQUIRE(error->code() == Exit::refused);
      REQUIRE(file_content(dir / "bad") == bad);
    }
  for (std::size_t length = 1; length < good.size(); length += 7) {
    dir.file("bad", std::span(good).first(length));
    REQUIRE(code_of(refusal(dir / "bad", a_subject())) == Exit::refused);
  }
  CHECK(open(dir / "bad", a_subject(), true)->known(0).unknown == 17);
}

TEST_CASE("a journal with any byte changed is refused, and the end of it may be torn") {
  const TempDir dir(TempDir::Where::memory);
  std::vector<std::size_t> sizes;
  {
    const auto map = open(dir / "map", a_subject());
    sizes.push_back(file_content(dir / "map").size());
    for (std::uint64_t n = 0; n < 17; ++n) {
      fill(*map, 0, n, n + 1);
      if (n == 12) map->add({0, 2, 1, {}});
      map->commit();
      sizes.push_back(file_content(dir / "map").size());
    }
  }
  const Content good = file_content(dir / "map");
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const unsigned flip : {1U, 2U, 0x80U}) {
      CAPTURE(at);
      Content bad = good;
      bad[at] ^= static_cast<std::byte>(flip);
      dir.file("bad", bad);
      REQUIRE(refusal(dir / "bad", a_subject()));
    }
  // Zeros in the middle are no torn end: what comes behind takes back what stood before.
  for (std::size_t batch = 1; batch + 1 < sizes.size(); ++batch)
    for (const std::size_t from :
         {sizes[batch] - 8, sizes[batch] - 30, sizes[batch - 1] + 8, sizes[batch - 1]}) {
      Content bad = good;
      std::fill(bad.begin() + static_cast<std::ptrdiff_t>(from),
                bad.begin() + static_cast<std::ptrdiff_t>(sizes[batch]), std::byte{0});
      dir.file("bad", bad);
      REQUIRE(refusal(dir / "bad", a_subject()));
    }
  // A crash at any byte: what was committed before is there, and no more.
  for (std::size_t length = sizes[0]; length <= good.size(); length += 3) {
    CAPTURE(length);
    dir.file("cut", std::span(good).first(length));
    const auto committed =
        static_cast<std::uint64_t>(std::upper_bound(sizes.begin(), sizes.end(), length) - sizes.begin() - 1);
    const auto map = open(dir / "cut", a_subject());
    for (std::uint64_t n = 0; n < 17; ++n)
      REQUIRE(map->at(0, n) == (n < committed && (n != 2 || committed < 13) ? slot_of(0, n) : Slot{}));
    REQUIRE(map->known(1).unknown == 17);
  }
}

TEST_CASE("after each commit the file says what was committed, with slots in it and without") {
  const TempDir dir(TempDir::Where::memory);
  for (int run = 0; run < 3; ++run) {
    const auto map = open(dir / "map", a_subject());
    for (std::uint64_t n = 0; n < 17; ++n) {
      map->add({0, n, 1, {}});
      map->commit();
      REQUIRE(read_map(dir / "map").slots["lun a"][n] == Slot{});
      map->add({0, n, 1, slot_of(0, n + run)});
      REQUIRE(read_map(dir / "map").slots["lun a"][n] == Slot{});
      map->commit();
      REQUIRE(read_map(dir / "map").slots["lun a"][n] == slot_of(0, n + run));
    }
    if (run == 1) map->seal();
  }
}

TEST_CASE("neighbours become one record, and more records than a batch holds become several batches") {
  const TempDir dir(TempDir::Where::memory);
  MapSubject subject = a_subject();
  subject.bytes = std::uint64_t{200000} * 64 * KiB;
  {
    const auto map = open(dir / "map", subject);
    const auto before = std::filesystem::file_size(dir / "map");
    for (std::uint64_t n = 0; n < 1000; ++n) map->add({0, n, 1, {State::zero, {}}});
    map->commit();
    CHECK(std::filesystem::file_size(dir / "map") - before == 24 + 40 + 8);
    for (std::uint64_t n = 0; n < 70000; ++n) map->add({1, n, 1, data_slot(n % 7)});
    map->commit();
    CHECK(read_map(dir / "map").batches == 3);
  }
  const auto map = open(dir / "map", subject);
  CHECK(map->known(0).zero == 1000);
  CHECK(map->known(1).data == 70000);
  CHECK(map->at(1, 69999) == data_slot(69999 % 7));
}

TEST_CASE("after a commit that failed, none succeeds: the records of others are lost with it") {
  const TempDir dir(TempDir::Where::memory);
  const auto map = open(dir / "map", a_subject());
  fill(*map, 0, 0, 5);
  map->commit();
  const FileSizeLimit limit(std::filesystem::file_size(dir / "map") + 10);
  map->add({0, 2, 1, {}});
  CHECK(code_of(error_of([&] { map->commit(); })) == Exit::failed);
  // Another thread added the record, and asks only whether it is there.
  CHECK(code_of(error_of([&] { map->commit(); })) == Exit::failed);
  CHECK(code_of(error_of([&] { map->seal(); })) == Exit::failed);
}
