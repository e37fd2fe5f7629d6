// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/probe_cdb.h"

#include "core/endian.h"

namespace san::measure {
namespace {

template <typename T>
void put(iscsi::Cdb& cdb, std::size_t offset, T value) {
  write_at(std::as_writable_bytes(std::span(cdb.bytes)), offset, value);
}

}  // namespace

iscsi::Cdb with_fua(iscsi::Cdb write) {
  write.bytes[1] |= 0x08;
  return write;
}

iscsi::Cdb write_same_no_data(std::uint64_t lba, std::uint32_t blocks) {
  iscsi::Cdb cdb = iscsi::write_same(true, lba, blocks, false);
  cdb.bytes[1] |= 0x01;
  return cdb;
}

iscsi::Cdb compare_and_write(std::uint64_t lba, std::uint8_t blocks) {
  iscsi::Cdb cdb;
  cdb.size = 16;
  cdb.bytes[0] = 0x89;
  put(cdb, 2, be64(lba));
  cdb.bytes[13] = blocks;
  return cdb;
}

iscsi::Cdb verify_bytes(bool sixteen, std::uint64_t lba, std::uint32_t blocks) {
  iscsi::Cdb cdb = iscsi::read(sixteen, lba, blocks);  // the fields have the same positions
  cdb.bytes[0] = sixteen ? 0x8F : 0x2F;
  cdb.bytes[1] = 0x02;
  return cdb;
}

std::vector<std::byte> unmap_list(std::span<const UnmapRange> ranges) {
  std::vector<std::byte> list(8 + 16 * ranges.size());
  const std::span bytes(list);
  write_at(bytes, 0, be16(static_cast<std::uint16_t>(list.size() - 2)));  // number of bytes behind this field
  write_at(bytes, 2, be16(static_cast<std::uint16_t>(list.size() - 8)));
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    write_at(bytes, 8 + 16 * i, be64(ranges[i].first));
    write_at(bytes, 16 + 16 * i, be32(ranges[i].second));
  }
  return list;
}

}  // namespace san::measure
