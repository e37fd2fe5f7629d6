// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/unpack_stream.h"

#include "copy/packed.h"
#include "copy/stream/file_stream.h"
#include "temp_dir.h"

using namespace san;
using namespace san::copy;
using Packing = Container::Packing;

namespace {

Content disk() {
  return random_bytes(300000, 1);
}

Content qcow2() {
  using namespace std::string_view_literals;
  return bytes_of("QFI\xFB\0\0\0\3"sv) + Content(5000);
}

std::unique_ptr<InputStream> disk_in(std::unique_ptr<InputStream> packed) {
  return unpack_stream(std::move(packed), [] { return true; });
}

std::optional<Error> refusal(const Content& bytes) {
  return error_of([&] { disk_in(stream_of(bytes)); });
}

}  // namespace

TEST_CASE("a stream is the disk, or what it holds compressed") {
  CHECK(read_all(*disk_in(stream_of(disk()))) == disk());
  CHECK(read_all(*disk_in(stream_of(Content(3)))) == Content(3));
  for (const Packing packing : {Packing::gzip, Packing::bzip2, Packing::xz, Packing::lzip, Packing::lz4})
    CHECK(read_all(*disk_in(stream_of(packed(disk(), packing)))) == disk());
  const Content vhd = disk() + vhd_footer(300000);
  CHECK(read_all(*disk_in(stream_of(packed(vhd, Packing::gzip)))) == disk());
}

TEST_CASE("an image, and an image that was compressed, is no disk") {
  const auto plain = refusal(qcow2());
  REQUIRE(plain.has_value());
  CHECK(plain->code() == Exit::refused);
  CHECK(contains(plain->cause(), "qcow2"));
  const auto within = refusal(packed(qcow2(), Packing::xz));
  REQUIRE(within.has_value());
  CHECK(within->code() == Exit::refused);
  CHECK(contains(within->cause(), "compressed by xz, and what it holds is a qcow2 image"));
  CHECK(refusal(packed(packed(disk(), Packing::gzip), Packing::xz)).has_value());
}

TEST_CASE("a file is a stream where it is compressed") {
  const TempDir place;
  CHECK_FALSE(is_packed_file(place.file("disk.img", disk())));
  CHECK_FALSE(is_packed_file(place.file("x.raw", packed(disk(), Packing::xz))));
  CHECK_FALSE(is_packed_file(place / "missing"));
  CHECK_FALSE(is_packed_file(place.path()));
  const std::string path = place.file("x", packed(disk(), Packing::xz));
  CHECK(is_packed_file(path));
  const auto stream = disk_in(open_front_to_back(path, false));
  CHECK(stream->name() == path);
  CHECK(read_all(*stream) == disk());
}
