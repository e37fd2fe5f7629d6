// SPDX-License-Identifier: Apache-2.0
// What the partition layer says of an image file, for tests that compare it with other tools.
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "block/memory_device.h"
#include "core/units.h"
#include "partition/partition_table.h"

namespace {

std::unique_ptr<san::MemoryDevice> load(const std::string& path, std::uint32_t block) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw san::Error(san::Exit::failed, path, "cannot open");
  auto device = std::make_unique<san::MemoryDevice>(
      path, san::round_down(static_cast<std::uint64_t>(file.tellg()), block), std::byte{}, block);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(device->bytes().data()),
            static_cast<std::streamsize>(device->bytes().size()));
  return device;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fputs("usage: partition_tool show|text IMAGE [BLOCKSIZE]\n", stderr);
    return 2;
  }
  auto device =
      load(arguments[1], arguments.size() > 2 ? static_cast<std::uint32_t>(std::stoul(arguments[2])) : 512);
  const san::PartitionTable table = san::read_partition_table(*device);
  if (arguments[0] == "text")
    std::fputs(to_table(table).text().c_str(), stdout);
  else
    std::puts(to_json(table).dump(2).c_str());
  return 0;
} catch (const san::Error& error) {
  std::fprintf(stderr, "partition_tool: %s\n", error.what());
  return static_cast<int>(error.code());
}
