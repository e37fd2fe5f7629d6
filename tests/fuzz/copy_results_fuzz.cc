// SPDX-License-Identifier: Apache-2.0
// RECEIVE COPY RESULTS: whatever the target says, no more is taken for copied than was to be copied.
#include <cstdlib>
#include <vector>

#include "iscsi/lun/xcopy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::iscsi;
  const std::vector<std::byte> input(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  if (const auto parameters = parse_copy_parameters(input))
    if (parameters->descriptors.size() > 255 || parameters->descriptors.size() + 44 > size) std::abort();
  for (const std::uint32_t block : {512U, 65536U})
    if (const auto status = parse_copy_status(input, block))
      for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{1} << 24, UINT64_MAX})
        if (status->copied(length) > length) std::abort();
  return 0;
}
