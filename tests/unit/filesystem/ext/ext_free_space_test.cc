// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "block/device_base.h"
#include "filesystem/ext_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

/// 1 EiB, of which the first bytes are the image's and all others zeros.
class LargeDevice final : public ReadableBase {
 public:
  explicit LargeDevice(const Image& image) : image_(image) {}
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return std::uint64_t{1} << 60; }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = std::uint64_t{1} << 20;
    return limits;
  }
  std::vector<Extent> extents(std::uint64_t, std::uint64_t) override { return {}; }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    std::ranges::fill(into, std::byte{0});
    const auto bytes = image_.bytes();
    if (offset < bytes.size()) {
      const auto part =
          bytes.subspan(offset).first(std::min<std::size_t>(into.size(), bytes.size() - offset));
      std::ranges::copy(part, into.begin());
    }
    done(nullptr);
  }

 private:
  const Image& image_;
  std::string name_ = "large";
};

}  // namespace

TEST_CASE("ext: free blocks of two groups") {
  const FreeSpace space = ExtImage().read();
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
  CHECK(space.type == "ext2");
  CHECK(space.size == 457 * 1024);
  CHECK(space.free ==
        std::vector<Range>{{21 * 1024, 79 * 1024}, {101 * 1024, 156 * 1024}, {263 * 1024, 194 * 1024}});
}

TEST_CASE("ext: states that mean unclean") {
  const auto dirty = [](auto&& change) {
    ExtImage image;
    change(image);
    const FreeSpace space = image.read();
    CHECK_FALSE(space.known);
    CHECK(space.free.empty());
    return space.dirty;
  };
  CHECK(dirty([](Image& i) { i.put16(ExtImage::kSuper + 58, 0); }));
  CHECK(dirty([](Image& i) { i.put16(ExtImage::kSuper + 58, 3); }));
  CHECK(dirty([](Image& i) { i.put32(ExtImage::kSuper + 0xe8, 12); }));       // an orphan
  CHECK(dirty([](Image& i) { i.put32(ExtImage::kSuper + 0x64, 0x10000); }));  // files in the orphan file
  CHECK(dirty([](Image& i) { i.put32(ExtImage::kSuper + 0x60, 4); }));        // needs recovery
}

TEST_CASE("ext: contradictions") {
  const auto has = [&](const std::string& text, auto&& change) {
    ExtImage image;
    change(image);
    const FreeSpace space = image.read();
    CHECK_FALSE(space.known);
    CHECK_MESSAGE(space.copy_whole_reason.find(text) != std::string::npos, space.copy_whole_reason);
  };
  has("in the superblock", [](Image& i) { i.put32(ExtImage::kSuper + 12, 430); });
  has("descriptor says", [](Image& i) { i.put16(ExtImage::descriptor_offset(1) + 12, 193); });
  has("descriptor says", [](Image& i) { i.set_bits(259 * 1024, 150, 1); });
  has("metadata counts as free", [](Image& i) { i.set_bits(3 * 1024, 0, 1, false); });
  has("metadata counts as free", [](Image& i) { i.set_bits(3 * 1024, 5, 1, false); });
  has("metadata counts as free", [](Image& i) { i.set_bits(259 * 1024, 0, 1, false); });
  has("outside", [](Image& i) { i.put32(ExtImage::descriptor_offset(1), 457); });
  has("outside", [](Image& i) { i.put32(ExtImage::descriptor_offset(1) + 8, 456); });
  has("more than the partition", [](Image& i) { i.put32(ExtImage::kSuper + 4, 513); });
  has("cannot be used", [](Image& i) { i.put32(ExtImage::kSuper + 32, 1); });
  has("not supported", [](Image& i) { i.put32(ExtImage::kSuper + 0x64, 0x10000000); });
  has("cannot be used", [](Image& i) { i.put32(ExtImage::kSuper + 0x60, 0x10000000); });
  has("cannot be used", [](Image& i) { i.put32(ExtImage::kSuper + 40, 0); });
}

TEST_CASE("ext: a superblock cannot make the reader take memory without bound") {
  ExtImage image;
  image.put32(ExtImage::kSuper + 0x60, 0x80);  // 64-bit block numbers
  image.put32(ExtImage::kSuper + 0x150, 0x0000ffff);
  image.put16(ExtImage::kSuper + 0xfe, 64);
  LargeDevice device(image);
  const FreeSpace space = read_free_space(device, 0, device.size());
  CHECK_FALSE(space.known);
  CHECK_MESSAGE(space.copy_whole_reason.find("more block groups") != std::string::npos,
                space.copy_whole_reason);
}
