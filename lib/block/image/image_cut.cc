// SPDX-License-Identifier: Apache-2.0
#include "block/image/image_cut.h"

#include <algorithm>
#include <vector>

#include "core/endian.h"
#include "system/file/file_marks.h"
#include "system/file_io.h"

namespace san {
namespace {

/// Largest table in bytes that is read, the limit of QEMU itself (QCOW_MAX_L1_SIZE).
constexpr std::uint64_t kMaxTable = std::uint64_t{32} << 20U;

/// Reads `length` bytes of the file: fewer at its end, none if `length` exceeds kMaxTable.
std::vector<std::byte> table(const FileMarks& image, std::uint64_t offset, std::uint64_t length) {
  std::vector<std::byte> bytes;
  if (offset >= image.size || length > kMaxTable) return bytes;
  bytes.resize(static_cast<std::size_t>(std::min(length, image.size - offset)));
  bytes.resize(read_fully(image.file.get(), offset, bytes).bytes);
  return bytes;
}

/// Returns the offset of the cluster of an L2 table entry; 0 if it has none.
std::uint64_t qcow2_piece(std::uint64_t entry, std::uint64_t cluster_bits) {
  constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62U, kReadsZero = 1,
                          kOffsetMask = 0x00FFFFFFFFFFFE00;
  if ((entry & kCompressed) != 0) return entry & ((std::uint64_t{1} << (62 - (cluster_bits - 8))) - 1);
  return (entry & kReadsZero) != 0 ? 0 : entry & kOffsetMask;
}

std::uint64_t qcow2_length(const FileMarks& image) {
  constexpr std::uint64_t kOffsetMask = 0x00FFFFFFFFFFFE00, kExtended = 16;
  const std::uint64_t bits = number_at<be32>(image.front, 20);
  if (bits < 9 || bits > 21) return 0;
  const bool extended =
      number_at<be32>(image.front, 4) >= 3 && (number_at<be64>(image.front, 72) & kExtended) != 0;
  const auto first = table(image, number_at<be64>(image.front, 40), number_at<be32>(image.front, 36) * 8);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i + 8 <= first.size(); i += 8) {
    const std::uint64_t start = number_at<be64>(first, i) & kOffsetMask;
    if (start == 0) continue;
    last = std::max(last, start);
    const auto second = table(image, start, std::uint64_t{1} << bits);
    for (std::size_t k = 0; k + 8 <= second.size(); k += extended ? 16 : 8)
      last = std::max(last, qcow2_piece(number_at<be64>(second, k), bits));
  }
  return last + (last > 0 ? 1 : 0);
}

std::uint64_t vmdk_length(const FileMarks& image) {
  constexpr std::uint64_t kSector = 512, kMarker = 0x10000;
  const std::uint64_t capacity = number_at<le64>(image.front, 12), grain = number_at<le64>(image.front, 20),
                      entries = number_at<le32>(image.front, 44),
                      directory = number_at<le64>(image.front, 56);
  // A streamed VMDK has its directory after the grains, so QEMU fails if that was cut off.
  if ((number_at<le32>(image.front, 8) & kMarker) != 0 || grain == 0 || entries == 0 || grain > INT32_MAX ||
      directory > INT64_MAX / kSector || capacity > INT64_MAX / kSector)
    return 0;
  const std::uint64_t tables = capacity / (grain * entries) + 1;
  const auto first = table(image, directory * kSector, tables * 4);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i + 4 <= first.size(); i += 4) {
    const std::uint64_t start = number_at<le32>(first, i);
    if (start == 0) continue;
    const auto second = table(image, start * kSector, entries * 4);
    for (std::size_t k = 0; k + 4 <= second.size(); k += 4) last = std::max(last, number_at<le32>(second, k));
  }
  return last > 1 ? last * kSector + 1 : 0;  // 1 is a grain of zeros
}

std::uint64_t vdi_length(const FileMarks& image) {
  const std::uint64_t data = number_at<le32>(image.front, 0x158), block = number_at<le32>(image.front, 0x178),
                      allocated = number_at<le32>(image.front, 0x184);
  return data + block * allocated;
}

}  // namespace

std::uint64_t least_length(const FileMarks& image, const std::string& format) {
  if (format == "qcow2") return qcow2_length(image);
  if (format == "vmdk") return vmdk_length(image);
  return format == "vdi" ? vdi_length(image) : 0;
}

}  // namespace san
