// SPDX-License-Identifier: Apache-2.0
#include "block/filter/bad_map.h"

#include <fmt/core.h>

namespace san {

std::string bad_map(std::uint64_t size, const RangeSet& bad, ReadSoFar read) {
  const char rest = read == ReadSoFar::all ? '+' : '?';
  std::string text = fmt::format(
      "# Mapfile. Created by sanclone\n# current_pos  current_status  current_pass\n"
      "0x00000000     {}               1\n#      pos        size  status\n",
      rest);
  const auto line = [&text](std::uint64_t from, std::uint64_t to, char status) {
    if (from < to) text += fmt::format("{:#010x}  {:#010x}  {}\n", from, to - from, status);
  };
  std::uint64_t at = 0;
  for (const Range& range : bad) {
    line(at, range.offset, rest);
    line(range.offset, range.end(), '-');
    at = range.end();
  }
  line(at, size, rest);
  return text;
}

}  // namespace san
