// SPDX-License-Identifier: Apache-2.0
// The input is the end of a disk; its first 8 bytes say how large that is.
#include <cstdlib>

#include "core/endian.h"
#include "filesystem/end_signatures.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  const auto disk = san::read_at<san::le64>(input, 0);
  if (!disk) return 0;
  const auto tail = input.subspan(8);
  for (const san::filesystem::EndSignature& one : san::filesystem::end_signatures(tail, *disk))
    if (one.offset > *disk || one.length > *disk - one.offset || one.name.empty()) std::abort();
  for (const std::uint64_t at : san::filesystem::superblock_copies(*disk))
    san::filesystem::superblock_copy(tail, at);
  return 0;
}
