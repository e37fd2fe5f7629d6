// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "core/units.h"
#include "filesystem/swap/swap_driver.h"
#include "filesystem/volume/text.h"

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSignature = 10;  // the last bytes of the first page
// Put in the signature's place while the area holds a hibernated system: Linux kernel/power/swap.c, and
// util-linux libblkid/src/superblocks/swap.c for the others (uswsusp, TuxOnIce).
constexpr std::string_view kHibernated[] = {"S1SUSPEND\0"sv, "S2SUSPEND\0"sv, "ULSUSPEND\0"sv, "LINHIB0001"sv,
                                            "\xed\xc3\x02\xe9\x98\x56\xe5\x0c"sv};

}  // namespace

std::optional<SwapHeader> find_swap(Volume& volume) {
  // The page size is that of the machine that made it.
  for (std::uint64_t page = 4 * KiB; page <= 64 * KiB && volume.contains(0, page); page *= 2) {
    std::array<std::byte, kSignature> bytes{};
    volume.read(page - kSignature, bytes, "swap header");
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());

    SwapHeader header;
    header.page_size = page;
    for (const std::string_view magic : kHibernated)
      if (text.substr(0, magic.size()) == magic) header.hibernated = true;
    const bool version1 = text == "SWAPSPACE2";
    if (!version1 && !header.hibernated && text != "SWAP-SPACE") continue;

    if (version1) {
      header.version = volume.get<le32>(1024, "swap header");
      header.pages = std::uint64_t{volume.get<le32>(1028, "swap header")} + 1;
      std::array<std::byte, 16> field{};
      volume.read(1036, field, "swap header");
      if (std::any_of(field.begin(), field.end(), [](std::byte b) { return b != std::byte{0}; }))
        header.uuid = format_uuid(field);
      volume.read(1052, field, "swap header");
      header.label = fixed_text(field);
    }
    return header;
  }
  return std::nullopt;
}

void read_swap(Volume& volume, FreeRanges& free, FreeSpace& result) {
  const auto header = find_swap(volume);
  if (!header) throw_inconsistent("swap header", "it is gone");
  result.size = volume.size();
  if (header->hibernated) throw MetadataError{"it holds a hibernated system", true};
  if (header->version != 1) throw MetadataError{"its swap header is not of version 1 in this byte order"};
  if (header->pages < 2 || header->pages > volume.size() / header->page_size)
    throw_inconsistent("swap header", fmt::format("{} pages do not fit into the partition", header->pages));
  result.size = header->pages * header->page_size;
  free.add(header->page_size, result.size - header->page_size);
}

}  // namespace san::filesystem
