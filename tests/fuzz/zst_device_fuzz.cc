// SPDX-License-Identifier: Apache-2.0
// A compressed image of ours with patches (place, 4 bytes; value): it is refused, its reads fail, or what is
// read is the content: never something else without an error. libzstd's own checksum of each frame sees to
// the last.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "block/zst/zst_device.h"
#include "block/zst/zst_writer.h"
#include "core/endian.h"
#include "core/error.h"
#include "core/units.h"

namespace {

using namespace san;

constexpr std::uint64_t kSize = 3 * MiB;

std::vector<std::byte> content() {
  std::vector<std::byte> bytes(kSize);
  for (std::size_t i = 0; i < bytes.size(); i += 7)
    if (i / 65536 % 3 != 0) bytes[i] = static_cast<std::byte>(i * i >> 5);
  return bytes;
}

std::vector<std::byte> make_image() {
  const std::string path = (std::filesystem::temp_directory_path() / "sanboot-fuzz.zst").string();
  {
    const auto device = create_zst(path, kSize);
    const auto bytes = content();
    write_wait(*device, 0, bytes);
    device->finish(kSize);
    device->commit();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::filesystem::remove(path);
  const auto all = std::as_bytes(std::span(text));
  return {all.begin(), all.end()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto image = make_image();
  static const auto expected = content();
  static const int fd = memfd_create("zst", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  auto bytes = image;
  const auto input = std::as_bytes(std::span(data, size));
  for (std::size_t at = 0; at + 5 <= input.size(); at += 5) {
    // Half of the places are in the seek table and the marks at the end.
    const std::uint32_t place = *read_at<le32>(input, at);
    const std::size_t last = std::min<std::size_t>(bytes.size(), 200);
    bytes[place % 2 == 0 ? place / 2 % bytes.size() : bytes.size() - 1 - place / 2 % last] = input[at + 4];
  }
  if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes.data(), bytes.size(), 0) < 0) std::abort();
  try {
    const auto device = open_zst(path, true);
    if (!device) return 0;
    std::vector<std::byte> found(static_cast<std::size_t>(std::min(device->size(), kSize)));
    read_wait(*device, 0, found);
    device->extents(0, device->size());
    if (device->size() == kSize && found != expected) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
