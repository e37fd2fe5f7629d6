// SPDX-License-Identifier: Apache-2.0
#include "filesystem/swap/swap_driver.h"

namespace san::filesystem {
namespace {

std::optional<Identity> recognise(Volume& volume) {
  const auto header = find_swap(volume);
  if (!header) return std::nullopt;
  return Identity{"swap", header->label, header->uuid};
}

/// It is read in pages.
std::optional<BlockSizeFit> fit(Volume& volume, std::uint64_t block) {
  return fits_at_least("a swap area", "pages", find_swap(volume)->page_size, block);
}

std::optional<StatedSize> stated(Volume& volume) {
  const auto header = find_swap(volume);
  if (header->version != 1) return std::nullopt;
  return exact_size("swap area", header->pages * header->page_size);
}

}  // namespace

// Pages are written without a trace in the header: no evidence of use.
constinit const FileSystemDriver kSwapDriver = {
    .type = "swap",
    .kind = ContentKind::swap,
    .recognise = recognise,
    .why_no_files = "is swap space",
    .read_free_space = read_swap,
    .block_size_fit = fit,
    .stated_size = stated,
    .grow_command = "mkswap -U UUID {}",
};

}  // namespace san::filesystem
