// SPDX-License-Identifier: Apache-2.0
#include "block/image/backing_chain.h"

#include <doctest/doctest.h>

#include <cstring>

#include "block/device_checks.h"
#include "block/image/qcow2_header.h"
#include "core/endian.h"
#include "system/file/file_marks.h"
#include "temp_dir.h"

using namespace san;

namespace {

/// The head of a qcow2 image of version 3 with a backing file, and that one's format where it says any.
std::vector<std::byte> overlay(const std::string& backing, const std::string& format) {
  std::vector<std::byte> image(kImageFront);
  std::memcpy(image.data(), "QFI\xFB\0\0\0\3", 8);
  write_at(image, 8, be64(1024));
  write_at(image, 16, be32(static_cast<std::uint32_t>(backing.size())));
  std::memcpy(image.data() + 1024, backing.data(), backing.size());
  write_at(image, 100, be32(104));
  if (format.empty()) return image;
  // An extension that nobody knows stands in front.
  write_at(image, 104, be32(0x12345678));
  write_at(image, 108, be32(3));
  write_at(image, 120, be32(0xE2792ACA));
  write_at(image, 124, be32(static_cast<std::uint32_t>(format.size())));
  std::memcpy(image.data() + 128, format.data(), format.size());
  return image;
}

std::string refusal(const std::string& path) {
  const auto error = error_of([&] { backing_chain(path); });
  REQUIRE(error.has_value());
  CHECK(error->code() == Exit::refused);
  return error->cause();
}

}  // namespace

TEST_CASE("what an image says of its backing file") {
  const auto image = overlay("base.img", "raw");
  CHECK(backing_of(image).name == "base.img");
  CHECK(backing_of(image).format == "raw");
  CHECK(backing_of(overlay("base.img", "")).format == "");
  for (std::size_t length = 0; length < image.size(); length += 7)
    CHECK(backing_of(std::vector(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(length))).name ==
          (length >= 1032 ? "base.img" : ""));
}

TEST_CASE("a chain is followed by what its images say") {
  const TempDir place;
  const std::string raw = place.file("base.img", std::vector<std::byte>(8192));
  place.file("middle", overlay("base.img", "raw"));
  const std::string top = place.file("top", overlay(place / "middle", "qcow2"));
  const auto chain = backing_chain(top);
  REQUIRE(chain.size() == 3);
  CHECK(chain[1].path == place / "middle");
  CHECK(chain[2].path == raw);
  CHECK(chain[2].format == "raw");
}

TEST_CASE("nothing of a chain is found out by looking") {
  const TempDir place;
  place.file("base.img", std::vector<std::byte>(8192));
  CHECK(contains(refusal(place.file("a", overlay("base.img", ""))),
                 "does not say which format its backing file base.img has"));
  CHECK(contains(refusal(place.file("b", overlay("base.img", "qcow2"))),
                 "should be a qcow2 image but is not one"));
  CHECK(contains(refusal(place.file("c", overlay("nbd://host/x", "raw"))),
                 "as its backing file, which is not a path"));
  CHECK(contains(refusal(place.file("d", overlay("json:{}", "raw"))),
                 "as its backing file, which is not a path"));
  CHECK(contains(refusal(place.file("e", overlay("missing", "raw"))), "does not exist"));
  CHECK(contains(refusal(place.file("f", overlay("/dev/zero", "raw"))), "is not a regular file"));
  CHECK(contains(refusal(place.file("g", overlay("g", "qcow2"))), "is already above it"));
}
