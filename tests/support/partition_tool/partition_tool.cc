// SPDX-License-Identifier: Apache-2.0
// What the partition layer says of an image file, and its edits applied to one, for tests that compare both
// with other tools. An image is held in memory as a whole.
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/units.h"
#include "devices/memory_device.h"
#include "partition/edit/table_edit.h"

namespace {

constexpr const char* kUsage =
    "usage: partition_tool VERB IMAGE [BLOCKSIZE]\n"
    "  show, text              print the table as JSON or as text\n"
    "  fit, repair, grow, ids, convert   edit the image; several verbs are joined by commas\n";

std::unique_ptr<san::MemoryDevice> load(const std::string& path, std::uint32_t block) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw san::Error(san::Exit::failed, path, "cannot open");
  auto device = std::make_unique<san::MemoryDevice>(
      path, san::round_down(static_cast<std::uint64_t>(file.tellg()), block), std::byte{0}, block);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(device->bytes().data()),
            static_cast<std::streamsize>(device->bytes().size()));
  return device;
}

void store(san::MemoryDevice& device) {
  std::fstream file(device.name(), std::ios::binary | std::ios::in | std::ios::out);
  file.write(reinterpret_cast<const char*>(device.bytes().data()),
             static_cast<std::streamsize>(device.bytes().size()));
  if (!file.flush()) throw san::Error(san::Exit::failed, device.name(), "cannot write");
}

san::partition::TableEdit edit(const std::string& verb, const san::partition::PartitionTable& table,
                               const san::ReadableDevice& device) {
  if (verb == "fit") return fit_gpt(table, device.size(), device.limits().logical_block);
  if (verb == "repair") return repair_gpt(table);
  if (verb == "grow") return grow_last(table);
  if (verb == "ids") return new_ids(table);
  if (verb == "convert") return convert_sector_size(table, device.size(), device.limits().logical_block);
  throw san::Error(san::Exit::usage, verb, "is not a verb");
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    fmt::print(stderr, "{}", kUsage);
    return static_cast<int>(san::Exit::usage);
  }
  const auto block = arguments.size() > 2 ? san::parse_size(arguments[2], "BLOCKSIZE") : 512;
  const auto device = load(arguments[1], static_cast<std::uint32_t>(block));
  san::partition::PartitionTable table = san::partition::read_partition_table(*device);
  if (arguments[0] == "text") {
    fmt::print("{}", to_table(table).text());
  } else if (arguments[0] == "show") {
    fmt::print("{}\n", to_json(table).dump(2));
  } else {
    for (std::size_t begin = 0; begin <= arguments[0].size();) {
      const std::size_t comma = std::min(arguments[0].find(',', begin), arguments[0].size());
      san::partition::TableEdit done = edit(arguments[0].substr(begin, comma - begin), table, *device);
      for (const std::string& note : done.notes) fmt::print("note: {}\n", note);
      table = std::move(done.table);
      begin = comma + 1;
    }
    fmt::print("{} bytes written\n", apply_table(*device, table));
    store(*device);
  }
  return 0;
} catch (const san::Error& error) {
  fmt::print(stderr, "partition_tool: {}\n", error.what());
  return static_cast<int>(error.code());
}
