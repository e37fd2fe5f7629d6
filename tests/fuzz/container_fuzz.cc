// SPDX-License-Identifier: Apache-2.0
// Both ends of a file that may be anything: what is recognised of them is consistent, and nothing is read
// past their ends.
#include <cstdlib>
#include <vector>

#include "block/image/container.h"
#include "block/image/image_format.h"
#include "block/image/qcow2_header.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy, so that every read past its end is seen.
  const auto* const from = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(from, from + size);
  const auto container = san::recognise_container(bytes);
  if (container) require(!container->what.empty() && !container->way.empty());
  const auto image = san::recognise_image(bytes);
  require(san::recognise_bytes(bytes).has_value() == (container || image));
  const auto backing = san::backing_of(bytes);
  require(backing.name.size() <= size && backing.format.size() <= size);
  san::recognise_trailer(bytes);
  if (const auto footer = san::recognise_footer(bytes, std::uint64_t{size} * 3)) require(footer->fixed);
  return 0;
}
