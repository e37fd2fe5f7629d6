// SPDX-License-Identifier: Apache-2.0
#include "copy/unpack_stream.h"

#include "block/zst_frame.h"
#include "copy/zst_stream.h"

namespace san {

std::unique_ptr<InputStream> unpack_stream(std::unique_ptr<InputStream> packed,
                                           const std::function<bool()>& keep_going) {
  constexpr std::size_t kMagic = 4;
  const auto front = packed->peek(kMagic, keep_going);
  // Of one that was cut off within these bytes the first is what there is to go by.
  const bool stump = !front.empty() && front.size() < kMagic && zst::begins_like_stump(front[0]);
  if (zst::begins_like_frame(front) || stump) return std::make_unique<ZstStream>(std::move(packed));
  return packed;
}

}  // namespace san
