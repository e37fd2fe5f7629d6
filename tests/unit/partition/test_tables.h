// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "block/device_filter.h"
#include "partition/golden_gpt.h"
#include "partition/partition_table.h"

namespace san::test {

using namespace san::partition;

/// Whether one of the table's problems contains `text`.
inline bool has_problem(const PartitionTable& table, std::string_view text) {
  return std::any_of(table.problems.begin(), table.problems.end(),
                     [&](const Diagnostic& problem) { return problem.text.find(text) != std::string::npos; });
}

/// The GPT copy with its header in block `lba`, as the disk's own blocks count.
inline GptCopy parse_copy(MemoryDevice& disk, std::uint64_t lba) {
  const std::uint32_t sector = disk.limits().logical_block;
  GptCopy copy = parse_gpt_header(disk.bytes().subspan(lba * sector, sector), lba, disk.size() / sector);
  const auto entries = disk.bytes().subspan(copy.header.entries_lba * sector, copy.header.entries_bytes());
  check_gpt_entries(copy, {entries.begin(), entries.end()});
  return copy;
}

/// Seals a copy and writes it to where its header says, in blocks of `sector` bytes.
inline void put_copy(MemoryDevice& disk, GptCopy copy, std::uint32_t sector) {
  seal_gpt(copy);
  std::copy(copy.block.begin(), copy.block.end(),
            disk.bytes().begin() + static_cast<std::ptrdiff_t>(copy.header.my_lba * sector));
  std::copy(copy.entries.begin(), copy.entries.end(),
            disk.bytes().begin() + static_cast<std::ptrdiff_t>(copy.header.entries_lba * sector));
}

/// An entry of an MBR.
inline MbrEntry mbr_entry(std::uint8_t type, std::uint32_t first, std::uint32_t sectors) {
  MbrEntry entry;
  entry.type = type;
  entry.first_lba = first;
  entry.sectors = sectors;
  return entry;
}

/// A disk with a GPT for blocks of `sector` bytes and one partition from 1 MiB to 2 MiB, on a device of
/// blocks of `block` bytes.
inline std::unique_ptr<MemoryDevice> gpt_disk(std::uint64_t size, std::uint32_t sector, std::uint32_t block) {
  auto disk = std::make_unique<MemoryDevice>("disk", size, std::byte{0}, block);
  const std::uint64_t blocks = size / sector, array = 16384 / sector;
  write_at(disk->bytes(), 0, protective_mbr(MbrSector{}, blocks));
  GptCopy copy;
  copy.block.resize(sector);
  copy.entries.resize(16384);
  GptEntry entry;
  entry.type = Guid::parse("0fc63daf-8483-4772-8e79-3d69d8477de4").value();
  entry.id = Guid::parse("00000009-0002-0003-0405-060708090a0b").value();
  entry.first_lba = 1048576 / sector;
  entry.last_lba = 2097152 / sector - 1;
  write_at(copy.entries, 0, entry);
  GptHeader& h = copy.header;
  h.signature = kGptSignature;
  h.revision = kGptRevision;
  h.header_size = 92;
  h.my_lba = 1;
  h.alternate_lba = blocks - 1;
  h.first_usable = 2 + array;
  h.last_usable = blocks - 2 - array;
  h.disk_guid = Guid::parse("00000000-1111-4222-8333-444444444444").value();
  h.entries_lba = 2;
  h.entry_count = 128;
  h.entry_size = 128;
  put_copy(*disk, copy, sector);
  h.my_lba = blocks - 1;
  h.alternate_lba = 1;
  h.entries_lba = blocks - 1 - array;
  put_copy(*disk, copy, sector);
  return disk;
}

/// Sets entry `index` of the boot record at byte `offset`.
inline void put_entry(MemoryDevice& disk, std::uint64_t offset, std::size_t index, const MbrEntry& entry) {
  write_at(disk.bytes(), offset + 446 + 16 * index, entry);
}

/// An MBR in blocks of 512 bytes on 8 MiB: an active primary partition, and two logical ones in an extended
/// one.
inline std::unique_ptr<MemoryDevice> mbr_disk(std::uint32_t block = 512) {
  auto disk = std::make_unique<MemoryDevice>("disk", kGoldenSize, std::byte{0}, block);
  for (const std::uint64_t lba : {0, 4096, 8192}) put_hex(*disk, lba * 512 + 510, "55aa");
  put_hex(*disk, 440, "0100feca");
  put_entry(*disk, 0, 0, {.status = 0x80, .type = 0x83, .first_lba = le32(2048), .sectors = le32(2048)});
  put_entry(*disk, 0, 1, {.type = 0x0f, .first_lba = le32(4096), .sectors = le32(8192)});
  put_entry(*disk, 4096 * 512, 0, {.type = 0x83, .first_lba = le32(2048), .sectors = le32(2048)});
  put_entry(*disk, 4096 * 512, 1, {.type = 5, .first_lba = le32(4096), .sectors = le32(4096)});
  put_entry(*disk, 8192 * 512, 0, {.type = 0x82, .first_lba = le32(2048), .sectors = le32(2048)});
  return disk;
}

/// A device that counts what is read and logs writes (w) and flushes (f); it fails reads from a byte on, and
/// writes beyond a number of them.
class CountingDevice final : public DeviceFilter {
 public:
  explicit CountingDevice(std::unique_ptr<Device> below) : DeviceFilter(*below), owned_(std::move(below)) {}
  std::uint64_t bytes_read = 0;
  std::uint64_t fails_from = ~std::uint64_t{0};
  unsigned writes_left = ~0U;
  std::string log;

  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    bytes_read += into.size();
    if (offset + into.size() > fails_from) {
      const Error error(Exit::failed, name(), "Input/output error");
      return done(&error);
    }
    below_.read(offset, into, std::move(done));
  }
  void write(std::uint64_t offset, std::span<const std::byte> from, Completion done) override {
    if (writes_left == 0) {
      const Error error(Exit::failed, name(), "Input/output error");
      return done(&error);
    }
    --writes_left;
    if (!log.empty() && log.back() == 'f') log += ' ';
    log += 'w';
    below_.write(offset, from, std::move(done));
  }
  void flush(Completion done) override {
    log += " f";
    below_.flush(std::move(done));
  }

 private:
  std::unique_ptr<Device> owned_;
};

}  // namespace san::test
