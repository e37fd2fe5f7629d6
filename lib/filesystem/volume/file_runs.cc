// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/file_runs.h"

#include <algorithm>

#include "core/units.h"

namespace san::filesystem {
namespace {

/// Shorter pieces come through the volume's cache, with their neighbours; longer ones past it.
constexpr std::size_t kSmall = 64 * KiB;

void read_piece(Volume& volume, std::uint64_t offset, std::span<std::byte> into) {
  if (into.size() < kSmall) return volume.read(offset, into, "data of a file");
  std::size_t done = 0;
  volume.stream(offset, into.size(), MiB, "data of a file", [&](std::span<const std::byte> piece) {
    std::copy(piece.begin(), piece.end(), into.begin() + static_cast<std::ptrdiff_t>(done));
    done += piece.size();
  });
}

}  // namespace

void add_run(std::vector<FileRun>& runs, const FileRun& run) {
  if (run.length == 0) return;
  if (!runs.empty() && runs.back().end() == run.logical &&
      runs.back().volume_offset.has_value() == run.volume_offset.has_value() &&
      (!run.volume_offset || *runs.back().volume_offset + runs.back().length == *run.volume_offset))
    runs.back().length += run.length;
  else
    runs.push_back(run);
}

void read_runs(Volume& volume, std::span<const FileRun> runs, std::uint64_t offset,
               std::span<std::byte> into) {
  std::ranges::fill(into, std::byte{0});
  auto run = std::upper_bound(runs.begin(), runs.end(), offset,
                              [](std::uint64_t at, const FileRun& r) { return at < r.end(); });
  for (const std::uint64_t end = offset + into.size(); run != runs.end() && run->logical < end; ++run) {
    const std::uint64_t from = std::max(offset, run->logical), to = std::min(end, run->end());
    if (run->volume_offset && from < to)
      read_piece(volume, *run->volume_offset + (from - run->logical),
                 into.subspan(static_cast<std::size_t>(from - offset), static_cast<std::size_t>(to - from)));
  }
}

}  // namespace san::filesystem
