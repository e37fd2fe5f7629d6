// SPDX-License-Identifier: Apache-2.0
// The places by which a clone map is trusted: always within the partition. The first byte chooses the file
// system.
#include "filesystem/mount_evidence.h"

#include "../unit/filesystem/ext_image.h"
#include "../unit/filesystem/fat_image.h"
#include "../unit/filesystem/ntfs_image.h"
#include "../unit/filesystem/xfs_image.h"
#include "devices/memory_device.h"
#include "filesystem/ntfs/ntfs_state.h"
#include "filesystem/ntfs/ntfs_volume.h"
#include "filesystem/volume/volume.h"
#include "patched_image.h"

namespace {

using namespace san;
using namespace san::filesystem;

void check(test::Image& image, std::span<const std::byte> patches, bool checksums) {
  test::apply_patches(image, patches);
  if (checksums) static_cast<test::XfsImage&>(image).checksums();
  constexpr std::uint64_t kOffset = 4096;
  MemoryDevice device("disk", round_up(kOffset + image.size(), 512) + kOffset, std::byte{0x5A});
  std::ranges::copy(image.bytes(), device.bytes().begin() + kOffset);
  const MountEvidence evidence = mount_evidence(device, kOffset, image.size());
  if (evidence.ranges && (evidence.enough == 0 || evidence.enough > evidence.ranges->size())) std::abort();
  for (const Range& range : evidence.ranges.value_or(std::vector<Range>()))
    if (range.offset < kOffset || range.length > image.size() || range.end() > kOffset + image.size())
      std::abort();
  try {
    Volume volume(device, kOffset, image.size());
    check_ntfs_shadow_copies(volume);
    NtfsVolume ntfs(volume);
    check_ntfs_clean(ntfs);
  } catch (const MetadataError&) {
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto patches = test::input(data, size).subspan(1);
  test::ExtImage ext;
  test::NtfsImage ntfs;
  test::FatImage fat(32);
  switch (data[0] % 5) {
    case 0:
      check(ext, patches, false);
      break;
    case 1:
      check(ntfs, patches, false);
      break;
    case 2:
      check(fat, patches, false);
      break;
    default: {
      const bool crc = data[0] % 5 == 4;
      test::XfsImage xfs(crc ? 5 : 4);
      check(xfs, patches, crc);
    }
  }
  return 0;
}
