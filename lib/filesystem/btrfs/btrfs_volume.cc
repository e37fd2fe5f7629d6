// SPDX-License-Identifier: Apache-2.0
#include "filesystem/btrfs/btrfs_volume.h"

#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/crc32c.h"
#include "core/units.h"
#include "filesystem/volume/file_runs.h"

namespace san::filesystem {
namespace {

// Features that change what is read here, beyond those known: zoned devices, the second extent tree, the
// stripe tree, and whatever comes.
constexpr std::uint64_t kIncompatKnown = 0xfff | 0x10000;
constexpr std::uint64_t kMetadataUuid = 0x400;
constexpr unsigned kMaxLevel = 7;
constexpr std::size_t kMaxNodes = 512;  // kept; 8 MiB with nodes of 16 KiB
constexpr std::size_t kMaxChunks = std::size_t{1} << 18;

[[noreturn]] void bad(const char* what, const char* detail) {
  throw_inconsistent(what, detail);
}

}  // namespace

BtrfsVolume::BtrfsVolume(Volume& volume) : volume_(volume) {
  std::vector<std::byte> bytes(kBtrfsSuperSize);
  volume_.read(kBtrfsSuperOffset, bytes, "superblock");
  super_ = *read_at<BtrfsSuper>(bytes, 0);
  if (std::memcmp(super_.magic, "_BHRfS_M", 8) != 0 || super_.logical != kBtrfsSuperOffset)
    bad("superblock", "it is none");
  if (!checksum_good(bytes)) bad("superblock", "its checksum is wrong");
  if (super_.devices != 1)
    throw MetadataError{fmt::format("it spreads over {} devices", std::uint64_t{super_.devices})};
  if ((super_.incompat & ~kIncompatKnown) != 0)
    throw MetadataError{fmt::format("it has features that are not supported (incompat {:#x})",
                                    std::uint64_t{super_.incompat})};
  const std::uint32_t node = super_.node, sector = super_.sector;
  if (!std::has_single_bit(node) || node < 4096 || node > 65536 || !std::has_single_bit(sector) ||
      sector < 4096 || sector > 65536)
    bad("superblock", "impossible sizes");
  system_chunks();
  each({super_.chunk_root, super_.chunk_generation, super_.chunk_level},
       {btrfs::kChunkTree, btrfs::kChunkItem, std::uint64_t{0}},
       {btrfs::kChunkTree, btrfs::kChunkItem, ~std::uint64_t{0}},
       [this](const BtrfsKey& key, std::span<const std::byte> item) {
         add_chunk(key.offset, item);
         return true;
       });
}

/// The chunks that the tree of chunks itself is in.
void BtrfsVolume::system_chunks() {
  if (super_.chunk_array_size > sizeof super_.chunk_array) bad("superblock", "impossible sizes");
  const auto array = std::span<const std::byte>(super_.chunk_array).first(super_.chunk_array_size);
  for (std::size_t at = 0; at < array.size();) {
    const auto key = read_at<BtrfsKey>(array, at);
    const auto chunk = read_at<btrfs::Chunk>(array, at + sizeof(BtrfsKey));
    if (!key || !chunk || key->type != btrfs::kChunkItem) bad("superblock", "its chunks are none");
    const std::size_t size = sizeof(btrfs::Chunk) + chunk->stripes * sizeof(btrfs::Stripe);
    at += sizeof(BtrfsKey);
    if (size > array.size() - at) bad("superblock", "its chunks are none");
    add_chunk(key->offset, array.subspan(at, size));
    at += size;
  }
}

void BtrfsVolume::add_chunk(std::uint64_t logical, std::span<const std::byte> item) {
  const auto head = read_at<btrfs::Chunk>(item, 0);
  if (!head || head->stripes == 0 || head->length == 0 || head->length > ~std::uint64_t{0} - logical)
    bad("map of chunks", "a chunk that cannot be");
  if ((head->type & btrfs::kRaid) != 0) throw MetadataError{"it is a RAID"};
  Chunk chunk{.length = head->length, .copies = {}};
  for (std::size_t i = 0; i < head->stripes; ++i) {
    const auto stripe = read_at<btrfs::Stripe>(item, sizeof(btrfs::Chunk) + i * sizeof(btrfs::Stripe));
    if (!stripe || !volume_.contains(stripe->offset, chunk.length))
      bad("map of chunks", "a chunk lies outside of the partition");
    chunk.copies.push_back(stripe->offset);
  }
  if (chunks_.size() >= kMaxChunks) bad("map of chunks", "it has more than can be");
  chunks_[logical] = std::move(chunk);
}

std::vector<std::uint64_t> BtrfsVolume::copies(std::uint64_t logical, std::uint64_t size) const {
  auto chunk = chunks_.upper_bound(logical);
  if (chunk == chunks_.begin()) bad("map of chunks", "an address is in none");
  --chunk;
  const std::uint64_t inside = logical - chunk->first;
  if (inside > chunk->second.length || size > chunk->second.length - inside)
    bad("map of chunks", "an address is in none");
  std::vector<std::uint64_t> copies = chunk->second.copies;
  for (std::uint64_t& copy : copies) copy += inside;
  return copies;
}

/// SHA-256 and BLAKE2b are not computed here.
bool BtrfsVolume::checksum_good(std::span<const std::byte> bytes) const {
  const auto summed = bytes.subspan(kBtrfsSumSize);
  if (super_.sum_type == 0) return crc32c(summed) == *read_at<le32>(bytes, 0);
  if (super_.sum_type == 1) return XXH64(summed.data(), summed.size(), 0) == *read_at<le64>(bytes, 0);
  return true;
}

/// Why `bytes` are not the node that is meant; null where they are.
const char* BtrfsVolume::other_node(std::span<const std::byte> bytes, const BtrfsRoot& where) const {
  const auto head = *read_at<btrfs::Node>(bytes, 0);
  const bool other = (super_.incompat & kMetadataUuid) != 0;
  if (head.logical != where.logical || head.level != where.level || head.generation != where.generation ||
      std::memcmp(head.uuid, other ? super_.metadata_uuid : super_.uuid, sizeof head.uuid) != 0)
    return "a node is not the one that is referred to";
  return nullptr;
}

/// Why `bytes` are not a node as it should be; null where they are.
const char* BtrfsVolume::fault(std::span<const std::byte> bytes) const {
  if (!checksum_good(bytes)) return "a checksum is wrong";
  const auto head = *read_at<btrfs::Node>(bytes, 0);
  const std::size_t width = head.level == 0 ? sizeof(btrfs::Item) : sizeof(btrfs::Pointer);
  if (head.items > (bytes.size() - sizeof head) / width) return "a node has more items than fit";
  for (std::size_t i = 1; i < head.items; ++i)
    if (*read_at<BtrfsKey>(bytes, sizeof head + (i - 1) * width) >=
        *read_at<BtrfsKey>(bytes, sizeof head + i * width))
      return "a node is in disorder";
  return nullptr;
}

std::shared_ptr<const BtrfsVolume::Bytes> BtrfsVolume::node(const BtrfsRoot& where) {
  if (const auto at = nodes_.find(where.logical); at != nodes_.end()) {
    // Without fault(): that takes the most time of all, and a node is come by often.
    if (const char* why = other_node(*at->second, where)) bad("tree", why);
    return at->second;
  }
  const char* why = nullptr;
  for (const std::uint64_t offset : copies(where.logical, super_.node)) {
    auto bytes = std::make_shared<Bytes>(super_.node);
    volume_.read(offset, *bytes, "tree");
    why = fault(*bytes);
    if (why == nullptr) why = other_node(*bytes, where);
    if (why != nullptr) continue;
    if (nodes_.size() >= kMaxNodes) nodes_.clear();
    return nodes_[where.logical] = std::move(bytes);
  }
  bad("tree", why);
}

// The first key of a node is the one by which it is referred to. Since keys are in order, no node can come
// twice on one level, and the walk ends.
void BtrfsVolume::each(const BtrfsRoot& root, const BtrfsKey& first, const BtrfsKey& last,
                       const Visit& visit) {
  struct Step {
    std::shared_ptr<const Bytes> bytes;
    std::size_t at, count;
  };
  if (root.level > kMaxLevel) bad("tree", "it is higher than can be");
  std::vector<Step> path;
  const auto enter = [&](const BtrfsRoot& where) {
    auto bytes = node(where);
    const auto head = *read_at<btrfs::Node>(*bytes, 0);
    path.push_back({bytes, 0, head.items});
    const std::size_t width = head.level == 0 ? sizeof(btrfs::Item) : sizeof(btrfs::Pointer);
    const auto key = [&](std::size_t i) { return *read_at<BtrfsKey>(*bytes, sizeof head + i * width); };
    std::size_t& at = path.back().at;
    while (at < head.items && key(at) < first) ++at;
    // The child before may hold keys from `first` on.
    if (head.level > 0 && at > 0 && (at == head.items || key(at) != first)) --at;
  };
  enter(root);
  while (!path.empty()) {
    Step& step = path.back();
    if (step.at == step.count) {
      path.pop_back();
      continue;
    }
    const Bytes& bytes = *step.bytes;
    const auto head = *read_at<btrfs::Node>(bytes, 0);
    if (head.level > 0) {
      const auto to = *read_at<btrfs::Pointer>(bytes, sizeof head + step.at++ * sizeof(btrfs::Pointer));
      if (to.key > last) return;
      enter({to.logical, to.generation, static_cast<std::uint8_t>(head.level - 1)});
      const Bytes& child = *path.back().bytes;
      if (path.back().count == 0 || *read_at<BtrfsKey>(child, sizeof head) != to.key)
        bad("tree", "a node begins with another key than it should");
      continue;
    }
    const auto item = *read_at<btrfs::Item>(bytes, sizeof head + step.at++ * sizeof(btrfs::Item));
    if (item.key > last) return;
    const std::size_t available = bytes.size() - sizeof head;
    if (item.offset > available || item.size > available - item.offset)
      bad("tree", "an item lies outside of its node");
    if (!visit(item.key, std::span(bytes).subspan(sizeof head + item.offset, item.size))) return;
  }
}

void BtrfsVolume::read_data(std::uint64_t logical, std::span<std::byte> into) {
  const FileRun run{0, into.size(), copies(logical, into.size()).front()};
  read_runs(volume_, {&run, 1}, 0, into);
}

}  // namespace san::filesystem
