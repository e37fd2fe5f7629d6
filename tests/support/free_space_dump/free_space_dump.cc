// SPDX-License-Identifier: Apache-2.0
// free_space_dump [--min-run BYTES] [--fill COPY] FILE: what read_free_space() says of a partition. With
// --fill, writes 0xFF over all that is free in COPY, a copy of it. Prints a line of "key=value" fields (why
// last, it has spaces), then "OFFSET LENGTH" for every free range.
#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "block/file/file_device.h"
#include "core/units.h"
#include "filesystem/read_free_space.h"

namespace {

void fill(const char* path, const std::vector<san::Range>& ranges) {
  const auto copy = san::open_file(path, {.writable = true, .force_in_use = true});
  const std::vector<std::byte> ones(san::MiB, std::byte{0xff});
  for (const san::Range& range : ranges)
    for (std::uint64_t done = 0; done < range.length; done += ones.size())
      san::write_wait(*copy, range.offset + done,
                      std::span(ones).first(std::min<std::uint64_t>(ones.size(), range.length - done)));
  san::flush_wait(*copy);
}

}  // namespace

int main(int argc, char** argv) try {
  san::filesystem::FreeSpaceOptions options;
  const char* copy = nullptr;
  int at = 1;
  for (; at + 2 < argc; at += 2) {
    if (std::string_view(argv[at]) == "--min-run")
      options.min_run = san::parse_size(argv[at + 1], "--min-run");
    else if (std::string_view(argv[at]) == "--fill")
      copy = argv[at + 1];
    else
      return 2;
  }
  if (at + 1 != argc) return 2;
  const auto file = san::open_file(argv[at], {.force_in_use = true});
  const san::filesystem::FreeSpace space = san::filesystem::read_free_space(*file, 0, file->size(), options);
  std::string type = space.type;
  std::replace(type.begin(), type.end(), ' ', '-');
  fmt::print("type={} known={} dirty={} size={} free={} min_run={} ranges={} uuid={} label={} why={}\n", type,
             space.known, space.dirty, space.size, space.free_bytes, space.min_run, space.free.size(),
             space.uuid, space.label, space.copy_whole_reason);
  for (const san::Range& range : space.free) fmt::print("{} {}\n", range.offset, range.length);
  if (copy != nullptr) fill(copy, space.free);
  return 0;
} catch (const san::Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return static_cast<int>(error.code());
}
