// SPDX-License-Identifier: Apache-2.0
#include "block/image/container.h"

#include <doctest/doctest.h>

#include <cstring>

#include "block/device_checks.h"
#include "block/image/image_format.h"
#include "core/endian.h"
#include "core/hint_id.h"
#include "system/file/name_promise.h"
#include "temp_dir.h"

using namespace san;
using namespace std::string_view_literals;

namespace {

std::vector<std::byte> front(std::string_view magic, std::size_t at = 0) {
  std::vector<std::byte> bytes(kImageFront);
  std::memcpy(bytes.data() + at, magic.data(), magic.size());
  return bytes;
}

std::string found(const std::vector<std::byte>& bytes) {
  const auto container = recognise_container(bytes);
  return container ? container->what : "";
}

std::vector<std::byte> tar(std::string_view name, std::string_view sum) {
  auto bytes = front(name);
  std::memcpy(bytes.data() + 148, sum.data(), sum.size());
  std::memcpy(bytes.data() + 257, "ustar\00000", 8);
  return bytes;
}

struct Case {
  std::string_view bytes, what;
};
/// As the programs make them.
constexpr Case kCases[] = {
    {"\x1F\x8B\x08\x08\x8C\xF4\x1C\x69\0\x03"
     "disk.img\0"sv,
     "gzip"},
    {"BZh91AY&SY"sv, "bzip2"},
    {"BZh1\x17\x72\x45\x38\x50\x90\0\0\0\0"sv, "bzip2"},
    {"\xFD\x37\x7A\x58\x5A\0\0\x04\xE6\xD6\xB4\x46"sv, "xz"},
    {"\x5D\0\0\x80\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\x18"sv, "lzma"},
    {"\x5D\0\0\x80\x01\0\0\0\x01\0\0\0\0\0\x18"sv, "lzma"},
    {"LZIP\x01\x14"sv, "lzip"},
    {"\x04\x22\x4D\x18\x64\x40\xA7"sv, "lz4"},
    {"\x02\x21\x4C\x18\x10\0\0\0"sv, "by lz4"},
    {"PK\x03\x04\x14\0\0\0\x08\0\x1E\xB7\x7C\x5B\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\x1C\0disk.img"sv,
     "zip archive"},
    {"PK\x03\x04\x2D\0\0\0\x08\0\x1E\xB7\x7C\x5B\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\0\x14\0-"sv,
     "zip archive"},
    {"7z\xBC\xAF\x27\x1C\0\x04"sv, "7z archive"},
    {"Rar!\x1A\x07\x01\0"sv, "rar archive"},
    {"\x89LZO\0\x0D\x0A\x1A\x0A\x10\x40"sv, "lzop"},
    {"partclone-image\0000.3.23"sv, "partclone"},
    {"PaRtImAgE-VoLuMe"sv, "partimage"},
    {"\0ntfsclone-image\x0A\x01"sv, "ntfsclone"},
    {"\x3A\xFF\x26\xED\x01\0\0\0\x1C\0\x0C\0\0\x10\0\0"sv, "Android sparse"},
    {"EVF\x09\x0D\x0A\xFF\0\x01"sv, "EWF"},
    {"MSWIM\0\0\0\xD0"sv, "Windows image"},
};

/// A byte each that makes a disk of them which looks much like it.
struct Twin {
  std::string_view of;
  std::size_t at;
  char byte;
};
constexpr Twin kTwins[] = {
    {"gzip", 2, 7},
    {"gzip", 3, '\x20'},
    {"gzip", 9, 77},
    {"bzip2", 3, '0'},
    {"bzip2", 5, 'B'},
    {"xz", 5, 1},
    {"xz", 7, 16},
    {"lzma", 0, '\x5C'},
    {"lzma", 13, 1},
    {"lzma", 2, 1},
    {"lzip", 4, 2},
    {"lzip", 5, 5},
    {"lz4", 4, 2},
    {"lz4", 6, 1},
    {"zip archive", 4, 99},
    {"zip archive", 8, 50},
    {"zip archive", 30, 1},
    {"7z archive", 5, 1},
    {"Android sparse", 8, 0},
};

}  // namespace

TEST_CASE("containers are recognised by what stands at their front") {
  for (const Case& one : kCases) {
    CAPTURE(one.what);
    const auto bytes = front(one.bytes);
    CHECK(contains(found(bytes), std::string(one.what)));
    // A disk may have it anywhere else.
    CHECK(found(front(one.bytes, 512)) == "");
    CHECK(found(front(one.bytes, 1)) == "");
    // Nothing is read past the end, and nothing is made of the first bytes alone.
    for (std::size_t length = 0; length < 4; ++length)
      CHECK_FALSE(recognise_container(std::span(bytes).first(length)).has_value());
    for (std::size_t length = 4; length < one.bytes.size(); ++length)
      recognise_container(
          std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)));
  }
  CHECK(contains(found(tar("disk.img", "003245\0 "sv)), "tar archive"));
  CHECK(contains(found(tar("vm.ovf", "002753\0 "sv)), "OVA"));
}

TEST_CASE("a disk that begins much like a container is a disk") {
  for (const Twin& twin : kTwins)
    for (const Case& one : kCases)
      if (one.what == twin.of) {
        CAPTURE(twin.of);
        CAPTURE(twin.at);
        auto bytes = front(one.bytes);
        bytes[twin.at] = std::byte{static_cast<unsigned char>(twin.byte)};
        CHECK(found(bytes) == "");
      }
  CHECK(found(tar("disk.img", "003246\0 "sv)) == "");
  // Boot sectors that begin with the letters alone; and what are disks: squashfs, cpio, ISO 9660, LUKS.
  for (const auto text : {"BZh9"sv, "PK"sv, "PK\x03\x04"sv, "\x1F\x8B"sv, "7z"sv, "hsqs"sv, "070701"sv,
                          "LUKS\xBA\xBE"sv, "\xEB\x63\x90"sv, "]"sv}) {
    CHECK(found(front(text)) == "");
    for (std::uint_fast32_t seed = 0; seed < 50; ++seed) {
      auto bytes = random_bytes(kImageFront, seed);
      std::memcpy(bytes.data(), text.data(), text.size());
      CHECK(found(bytes) == "");
    }
  }
}

TEST_CASE("an Apple disk image has its mark at the end") {
  std::vector<std::byte> tail(kTrailer);
  std::memcpy(tail.data(), "koly\0\0\0\4\0\0\2\0", 12);
  REQUIRE(recognise_trailer(tail).has_value());
  CHECK(contains(recognise_trailer(tail)->what, "DMG"));
  CHECK_FALSE(recognise_trailer(std::span(tail).first(511)).has_value());
  tail[7] = std::byte{5};
  CHECK_FALSE(recognise_trailer(tail).has_value());
}

TEST_CASE("QEMU's images are containers where QEMU cannot open them, and so is zstd") {
  CHECK(recognise_bytes(front("QFI\xFB\0\0\0\3"sv))->what == "is a qcow2 image");
  CHECK(recognise_bytes(front("conectix"))->what == "is a VHD image");
  CHECK(recognise_bytes(front("\x28\xB5\x2F\xFD"))->packing == Container::Packing::zst);
  CHECK(recognise_bytes(front("BZh91AY&SY"))->packing == Container::Packing::bzip2);
  CHECK_FALSE(recognise_bytes(front("")).has_value());
}

TEST_CASE("the refusal names the next step") {
  const Container zip = *recognise_container(front(kCases[9].bytes));
  CHECK(std::string(no_disk(zip, "a.zip", Came::as_file).what()) ==
        "a.zip: is a zip archive, and no disk; unzip -p a.zip");
  CHECK(no_disk(zip, "a b.zip", Came::as_file).hint() == "unzip -p FILE");
  for (const Came came : {Came::as_file, Came::as_stream, Came::as_device}) {
    CHECK(no_disk(zip, "x", came).code() == Exit::refused);
  }
  CHECK(no_disk(zip, "x", Came::as_file).hint_id() == HintId::raw_file);
  CHECK(no_disk(zip, "x", Came::as_stream).hint_id() == HintId::raw_stream);
  CHECK(no_disk(zip, "x", Came::as_device).hint_id() == HintId::raw_device);
  CHECK(no_disk(zip, "x", Came::as_device).hint_facts() == std::vector<std::string>{"unzip -p FILE"});
}

TEST_CASE("files are looked at by both ends, but not those named *.raw") {
  const TempDir place;
  const auto zip = front(kCases[9].bytes);
  CHECK(recognise_container_file(place.file("x.img", zip)).has_value());
  CHECK_FALSE(recognise_container_file(place.file("x.raw", zip)).has_value());
  CHECK_FALSE(recognise_container_file(place / "missing").has_value());
  auto dmg = front("", 0);
  std::memcpy(dmg.data() + kImageFront - kTrailer, "koly\0\0\0\4\0\0\2\0", 12);
  CHECK(recognise_container_file(place.file("y", dmg)).has_value());
  dmg.push_back({});
  CHECK_FALSE(recognise_container_file(place.file("z", dmg)).has_value());
}

TEST_CASE("names that promise what a raw disk is not") {
  CHECK(promise_of_name("/a/disk.img.XZ")->what == "an xz file");
  CHECK(promise_of_name("d.gz")->instead.id() == HintId::raw_output);
  CHECK(promise_of_name("d.gz")->instead.text() == "name it .zst");
  CHECK(promise_of_name("d.gz")->compressed);
  CHECK(promise_of_name("vm.ova").has_value());
  CHECK_FALSE(promise_of_name("d.hdd")->compressed);
  for (const char* name :
       {"disk.img", "disk.raw", "disk.iso", "disk.qcow2", "disk.vhd", "disk.zst", "gz", "/a.gz/disk"})
    CHECK_FALSE(promise_of_name(name).has_value());
}
