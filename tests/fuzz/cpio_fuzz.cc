// SPDX-License-Identifier: Apache-2.0
// cpio archives in pieces: the same as in one, wherever they are cut. The first byte is the length of the
// pieces.
#include <cstdlib>
#include <vector>

#include "os/linux/cpio.h"

namespace {

struct Result {
  std::vector<std::string> names;
  std::vector<std::vector<std::byte>> contents;
  std::size_t taken = 0;
  std::string damage;
  bool operator==(const Result&) const = default;
};

Result read(std::span<const std::byte> bytes, std::size_t piece) {
  Result result;
  san::os::CpioReader reader([](const auto& file) { return file.size < 65536; },
                             [&](san::os::CpioReader::File&& file) {
                               if (file.name.size() > san::os::CpioReader::kMaxName) std::abort();
                               result.names.push_back(std::move(file.name));
                               result.contents.push_back(std::move(file.content));
                             });
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    const std::size_t taken = reader.feed(part);
    if (taken > part.size()) std::abort();
    result.taken += taken;
    if (taken < part.size()) break;
    bytes = bytes.subspan(part.size());
  }
  result.damage = reader.damage();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || data[0] == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  if (read(bytes, bytes.size()) != read(bytes, data[0])) std::abort();
  return 0;
}
