// SPDX-License-Identifier: Apache-2.0
#include "block/zst/zst_device.h"

#include <doctest/doctest.h>

#include <fstream>

#include "block/device_checks.h"
#include "block/zst/zst_frame.h"
#include "block/zst/zst_seek_table.h"
#include "core/units.h"
#include "system/machine.h"

using namespace san;

namespace {

/// A file of frames and a table, as other programs make them: any sizes, nothing known of zeros.
class ZstFile {
 public:
  explicit ZstFile(std::string path) : path_(std::move(path)) {}

  void add(std::span<const std::byte> content) {
    const auto frame = compress_(content);
    add_frame(frame, static_cast<std::uint32_t>(content.size()));
  }
  void add_frame(std::span<const std::byte> frame, std::uint32_t size) {
    bytes_.insert(bytes_.end(), frame.begin(), frame.end());
    table_.append(static_cast<std::uint32_t>(frame.size()), size);
  }
  std::vector<std::byte>& bytes() { return bytes_; }
  const std::string& finish() {
    auto all = bytes_;
    const auto table = table_.bytes();
    all.insert(all.end(), table.begin(), table.end());
    std::ofstream file(path_, std::ios::binary);
    file.write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
    return path_;
  }

 private:
  std::string path_;
  zst::Compressor compress_;
  SeekTable table_;
  std::vector<std::byte> bytes_;
};

}  // namespace

TEST_CASE("frames of odd sizes, empty ones among them") {
  const TempDir place;
  ZstFile file(place.path() + "/odd.zst");
  std::vector<std::byte> content;
  for (const std::size_t size : {1, 700, 0, 5000, 511, 3000000, 1, 0, 12}) {
    const auto part = random_bytes(size, static_cast<unsigned>(size));
    file.add(part);
    content.insert(content.end(), part.begin(), part.end());
  }
  const auto device = open_zst(file.finish(), false);
  REQUIRE(device);
  CHECK(device->content_size() == content.size());
  content.resize(device->size());
  CHECK(read_bytes(*device, 0, content.size()) == content);
  for (std::size_t at = 0; at + 2048 < content.size(); at += 300032)
    CHECK(read_bytes(*device, at, 2048) ==
          std::vector<std::byte>(content.begin() + static_cast<std::ptrdiff_t>(at),
                                 content.begin() + static_cast<std::ptrdiff_t>(at) + 2048));
  check_cover(device->extents(0, device->size()), 0, device->size());
  CHECK(device->read_only());
  CHECK(dynamic_cast<Device*>(device.get()) == nullptr);  // there is nothing to write it with
}

TEST_CASE("a damaged frame is an error of its range, and of no other") {
  const TempDir place;
  ZstFile file(place.path() + "/damaged.zst");
  for (unsigned i = 0; i < 3; ++i) file.add(random_bytes(4096, i));
  file.bytes()[6000] ^= std::byte{1};
  const auto device = open_zst(file.finish(), false);
  REQUIRE(device);
  CHECK(read_bytes(*device, 0, 4096) == random_bytes(4096, 0));
  const auto error = error_of([&] { read_bytes(*device, 4096, 512); });
  REQUIRE(error.has_value());
  CHECK(contains(error->what(), "4.0 KiB"));
  CHECK(error_of([&] { read_bytes(*device, 0, 12288); }).has_value());
  CHECK(read_bytes(*device, 8192, 4096) == random_bytes(4096, 2));
}

TEST_CASE("frames too large to be held are read as a stream, unless they are zeros") {
  const TempDir place;
  ZstFile zeros(place.path() + "/zeros.zst");
  zeros.add_frame(zst::zero_frame(1U << 30), 1U << 30);
  const auto device = open_zst(zeros.finish(), false);
  REQUIRE(device);
  CHECK(device->extents(0, GiB) == std::vector<Extent>{{0, GiB, Extent::Kind::zero}});

  // The same size of frame, but one byte of it is something else.
  ZstFile data(place.path() + "/data.zst");
  auto frame = zst::zero_frame(1U << 30);
  frame[frame.size() - 5] = std::byte{1};
  data.add_frame(frame, 1U << 30);
  CHECK_FALSE(open_zst(data.finish(), false));

  // A frame that claims far more compressed bytes than its content can take.
  ZstFile bloated(place.path() + "/bloated.zst");
  std::vector<std::byte> rubbish(9 * MiB);
  bloated.add_frame(rubbish, 512);
  CHECK_FALSE(open_zst(bloated.finish(), false));
}

TEST_CASE("files without a table") {
  const TempDir place;
  zst::Compressor compress;
  const auto frame = compress(random_bytes(5000, 1));
  const std::string path = place.path() + "/plain.zst";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(frame.data()), static_cast<std::streamsize>(frame.size()));
  CHECK_FALSE(open_zst(path, false));
  std::ofstream(path, std::ios::trunc).close();
  CHECK_FALSE(open_zst(path, false));
  CHECK_FALSE(open_zst(ZstFile(place.path() + "/empty.zst").finish(), false));
}
