// SPDX-License-Identifier: Apache-2.0
// SANBOOT_FUZZ_IMAGE=IMAGE fuzz-file-tree CORPUS: IMAGE is any file system with some files in it (ext4
// without metadata_csum). What a walk through all of it reads is noted first; input is patches of that: place
// (4 bytes) and value. Checksums of XFS and btrfs are made good again, so that what they protect is reached.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "block/device_base.h"
#include "core/crc32c.h"
#include "core/endian.h"
#include "filesystem/btrfs/btrfs_format.h"
#include "filesystem/open_file_tree.h"
#include "filesystem/xfs/xfs_file_format.h"
#include "filesystem/xfs/xfs_format.h"

namespace {

using namespace san;
using namespace san::filesystem;

constexpr std::uint64_t kRegion = 65536, kSector = 512;

/// The image, with regions that were changed.
class PatchedImage final : public ReadableBase {
 public:
  PatchedImage() {
    const char* path = std::getenv("SANBOOT_FUZZ_IMAGE");
    const int fd = path != nullptr ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat status = {};
    if (fd < 0 || fstat(fd, &status) != 0) std::exit(2);
    size_ = static_cast<std::uint64_t>(status.st_size);
    bytes_ = static_cast<const std::byte*>(mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0));
  }
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  Limits limits() const override {
    Limits limits;
    limits.max_transfer = std::uint64_t{1} << 20;
    return limits;
  }
  std::vector<Extent> extents(std::uint64_t, std::uint64_t) override { return {}; }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    check_range(*this, offset, into.size());
    for (std::uint64_t at = 0; at < into.size(); at += kSector) {
      if (note != nullptr) note->insert(offset + at);
      const auto region = regions.find((offset + at) / kRegion * kRegion);
      const std::byte* from =
          region == regions.end() ? bytes_ + offset + at : region->second.data() + (offset + at) % kRegion;
      std::memcpy(into.data() + at, from, kSector);
    }
    done(nullptr);
  }

  void patch(std::uint64_t offset, std::byte value) {
    auto& region = regions[offset / kRegion * kRegion];
    if (region.empty()) {
      region.resize(kRegion);
      const std::uint64_t start = offset / kRegion * kRegion;
      std::copy_n(bytes_ + start, std::min(kRegion, size_ - start), region.begin());
    }
    const std::size_t at = offset % kRegion;
    region[at] = value;
    make_good(region, at, offset);
  }

  std::map<std::uint64_t, std::vector<std::byte>> regions;
  std::set<std::uint64_t>* note = nullptr;

 private:
  static void sum(std::span<std::byte> block, std::size_t field) {
    write_at(block, field, le32(crc32c(block, field)));
  }
  void make_good(std::span<std::byte> region, std::size_t at, std::uint64_t offset) const {
    constexpr std::size_t kNode = 16384;
    if (offset / 4096 == kBtrfsSuperOffset / 4096) {
      write_at(region, 0, le32(crc32c(region.first(kBtrfsSuperSize).subspan(kBtrfsSumSize))));
    } else if (size_ > kBtrfsSuperOffset + kBtrfsSuperSize) {
      const auto node = region.subspan(at / kNode * kNode, kNode);
      if (std::equal(node.begin() + 32, node.begin() + 48, bytes_ + kBtrfsSuperOffset + 32))
        return write_at(node, 0, le32(crc32c(node.subspan(kBtrfsSumSize))));
    }
    const auto block = region.subspan(at / 4096 * 4096, 4096);
    const auto sector = region.subspan(at / kSector * kSector, kSector);
    const std::uint32_t magic = *read_at<be32>(block, 0);
    if (magic == kXfsDirBlockCrcMagic || magic == kXfsDirDataCrcMagic) sum(block, kXfsDirCrcOffset);
    if (magic == kXfsBmapCrcMagic) sum(block, kXfsBmapCrcOffset);
    if (*read_at<be16>(sector, 0) == kXfsInodeMagic) sum(sector, offsetof(XfsInode, crc));
    if (*read_at<be32>(sector, 0) == kXfsSuperMagic) sum(sector, offsetof(XfsSuper, crc));
  }

  std::string name_ = "image";
  std::uint64_t size_ = 0;
  const std::byte* bytes_ = nullptr;
};

constexpr std::size_t kMany = 40;      // names: of more, a part is looked at
constexpr std::uint64_t kRead = 5000;  // bytes of a file; to read all would take most of the time

void walk(FileTree& tree, const std::string& path, unsigned depth, unsigned& budget) {
  const auto entries = tree.list(path);
  const std::size_t step = entries.size() > kMany ? 16 : 1;
  for (std::size_t i = 0; i < entries.size(); i += step) {
    if (budget-- == 0) return;
    const std::string below = (path == "/" ? "" : path) + "/" + entries[i].name;
    try {
      const auto info = tree.info(below);
      if (info && info->kind == FileInfo::Kind::symlink) tree.link(below);
      if (info && info->kind == FileInfo::Kind::file)
        if (tree.read(below, info->size / 2, kRead).size() > kRead) std::abort();
      if (info && info->kind == FileInfo::Kind::directory && depth > 0) walk(tree, below, depth - 1, budget);
    } catch (const Error&) {  // one file is damaged
    }
    if (budget == 0) return;
  }
}

void read_all(ReadableDevice& device) {
  try {
    const auto tree = open_file_tree(device, 0, device.size());
    unsigned budget = 150;
    tree->label();
    walk(*tree, "/", 5, budget);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static PatchedImage image;
  static const std::vector<std::uint64_t> places = [] {
    std::set<std::uint64_t> read;
    image.note = &read;
    read_all(image);
    image.note = nullptr;
    std::vector<std::uint64_t> used;
    for (const std::uint64_t sector : read) {
      std::vector<std::byte> bytes(kSector);
      read_wait(image, sector, bytes);
      if (std::ranges::any_of(bytes, [](std::byte b) { return b != std::byte{0}; })) used.push_back(sector);
    }
    return used;
  }();
  image.regions.clear();
  const auto input = std::as_bytes(std::span(data, size));
  for (std::size_t at = 0; at + 5 <= input.size(); at += 5) {
    const std::uint32_t place = *read_at<le32>(input, at);
    image.patch(places[place / kSector % places.size()] + place % kSector, input[at + 4]);
  }
  read_all(image);
  return 0;
}
