// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/zst_stream.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "block/zst/zst_frame.h"
#include "copy/copy_checks.h"
#include "copy/stream/file_stream.h"

using namespace san;
using namespace san::copy;

namespace {

class ZstFile {
 public:
  explicit ZstFile(const Content& bytes) : path_(directory_.file("x.zst", bytes)) {}
  const std::string& path() const { return path_; }

 private:
  TempDir directory_;
  std::string path_;
};

/// Everything, read in pieces of an odd size.
Content read_all(InputStream& stream) {
  Content all;
  for (std::size_t got = 1; got > 0;) {
    Content part(70001);
    got = stream.read(part, [] { return true; }).value();
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
    if (got < part.size()) break;
  }
  return all;
}

Content frames_of(const std::vector<Content>& contents) {
  zst::Compressor compress;
  Content bytes;
  for (const Content& content : contents) {
    const auto frame = compress(content);
    bytes.insert(bytes.end(), frame.begin(), frame.end());
  }
  return bytes;
}

}  // namespace

TEST_CASE("several frames are one stream") {
  const auto first = random_bytes(300000, 1), second = random_bytes(70001, 2);
  const ZstFile file(frames_of({first, {}, second}));
  ZstStream stream(open_front_to_back(file.path(), false));
  CHECK(stream.name() == file.path());
  auto expected = first;
  expected.insert(expected.end(), second.begin(), second.end());
  CHECK(read_all(stream) == expected);
}

TEST_CASE("a file that was cut off or damaged is an error, wherever that is") {
  const auto bytes = frames_of({random_bytes(5000, 1)});
  for (std::size_t length = 1; length < bytes.size();
       length += length < 20 || length + 20 > bytes.size() ? 1 : 97) {
    const ZstFile file(Content(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
    ZstStream stream(open_front_to_back(file.path(), false));
    const auto error = error_of([&] { read_all(stream); });
    REQUIRE(error.has_value());
    CHECK(error->code() == Exit::failed);
    CHECK(error->object() == file.path());
  }
  auto damaged = bytes;
  damaged[bytes.size() / 2] ^= std::byte{1};
  const ZstFile file(damaged);
  ZstStream stream(open_front_to_back(file.path(), false));
  CHECK(error_of([&] { read_all(stream); }).has_value());
  auto longer = bytes;
  longer.resize(bytes.size() + 10);
  const ZstFile rubbish(longer);
  ZstStream behind(open_front_to_back(rubbish.path(), false));
  CHECK(error_of([&] { read_all(behind); }).has_value());
}

namespace {

Content joined(const std::vector<Content>& parts) {
  Content all;
  for (const Content& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// What reading it ends with; empty where that went well and the end was proved.
std::string read_to_end(const Content& packed, bool proof = true) {
  const ZstFile file(packed);
  ZstStream stream(open_front_to_back(file.path(), false));
  const auto error = error_of([&] { read_all(stream); });
  if (!error) CHECK(stream.proves_end() == proof);
  return error ? error->what() : "";
}

}  // namespace

TEST_CASE("an end that was announced must come, and be right") {
  const auto first = random_bytes(300000, 1), second = random_bytes(70001, 2);
  const auto content = joined({first, second});
  const auto begin = zst::begin_mark(), end = zst::end_mark({content.size(), hash128(content)});
  const auto frames = frames_of({first, second});
  const auto good = joined({begin, frames, end});
  CHECK(read_to_end(good).empty());
  CHECK(read_to_end(joined({good, Content{std::byte{0x5E}, std::byte{0x2A}, std::byte{0x4D}, std::byte{0x18},
                                          std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}}}))
            .empty());
  CHECK(read_to_end(joined({frames, end}), false).empty());  // nobody announced it
  CHECK(read_to_end(frames, false).empty());
  CHECK_FALSE(read_to_end(joined({begin, frames})).empty());
  CHECK_FALSE(read_to_end(joined({good, frames_of({second})})).empty());
  CHECK(read_to_end(joined({begin, frames_of({first}), end}))
            .find("holds 300000 bytes, but 370001 according to its end") != std::string::npos);
  CHECK(read_to_end(joined({begin, frames_of({second, first}), end})).find("its hash is not the one") !=
        std::string::npos);
  for (std::size_t length = 1; length < good.size();
       length += length < 60 || length + 60 > good.size() ? 1 : 4001) {
    CAPTURE(length);
    CHECK_FALSE(
        read_to_end(Content(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length))).empty());
  }
}

TEST_CASE("a window that would fill the memory is refused") {
  // RFC 8878, 3.1.1.1.2: exponent 17 of the window descriptor is 2^27 bytes.
  auto bytes = zst::zero_frame(1000000);
  bytes[5] = std::byte{17 << 3};
  const ZstFile file(bytes);
  ZstStream stream(open_front_to_back(file.path(), false));
  CHECK(error_of([&] { read_all(stream); }).has_value());
}
