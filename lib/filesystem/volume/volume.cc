// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/volume.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::filesystem {

void throw_inconsistent(const std::string& what, const std::string& detail) {
  throw MetadataError{fmt::format("its {} is inconsistent: {}", what, detail), false};
}

Volume::Volume(ReadableDevice& device, std::uint64_t offset, std::uint64_t length)
    : device_(device), offset_(offset), length_(length) {
  if (offset > device.size() || length > device.size() - offset)
    throw Error(Exit::failed, device.name(),
                fmt::format("the partition of {} is outside of its {} bytes", format_range(offset, length),
                            device.size()),
                "check the partition table");
}

void Volume::check(std::uint64_t offset, std::uint64_t length, const char* what) const {
  if (!contains(offset, length)) throw_inconsistent(what, "it lies outside of the partition");
}

std::span<const std::byte> Volume::read_around(std::uint64_t start, std::uint64_t length,
                                               std::vector<std::byte>& buffer) {
  const std::uint64_t block = device_.limits().logical_block;
  const std::uint64_t first = round_down(start, block);
  const std::uint64_t end = std::min(round_up(start + length, block), device_.size());
  buffer.resize(end - first);
  Interrupt::check("");
  read_wait(device_, first, buffer);
  return std::span<const std::byte>(buffer).subspan(start - first, length);
}

const Volume::Line& Volume::line(std::uint64_t start) {
  Line* oldest = lines_.data();
  for (Line& line : lines_) {
    if (!line.bytes.empty() && line.start == start) {
      line.used = ++clock_;
      return line;
    }
    if (line.used < oldest->used) oldest = &line;
  }
  oldest->used = 0;
  try {
    read_around(start, std::min<std::uint64_t>(kLine, device_.size() - start), oldest->bytes);
  } catch (...) {
    oldest->bytes.clear();
    throw;
  }
  oldest->start = start;
  oldest->used = ++clock_;
  return *oldest;
}

void Volume::read(std::uint64_t offset, std::span<std::byte> into, const char* what) {
  check(offset, into.size(), what);
  std::uint64_t at = offset_ + offset;
  while (!into.empty()) {
    // A line begins on a multiple of its size, which is one of any logical block too.
    const Line& from = line(round_down(at, kLine));
    const std::size_t skip = at - from.start;
    const std::size_t size = std::min(into.size(), from.bytes.size() - skip);
    std::copy_n(from.bytes.begin() + static_cast<std::ptrdiff_t>(skip), size, into.begin());
    into = into.subspan(size);
    at += size;
  }
}

void Volume::stream(std::uint64_t offset, std::uint64_t length, std::size_t step, const char* what,
                    const std::function<void(std::span<const std::byte>)>& piece) {
  check(offset, length, what);
  std::vector<std::byte> buffer;
  for (std::uint64_t done = 0; done < length;) {
    const std::uint64_t size = std::min<std::uint64_t>(step, length - done);
    piece(read_around(offset_ + offset + done, size, buffer));
    done += size;
  }
}

}  // namespace san::filesystem
