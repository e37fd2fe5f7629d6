// SPDX-License-Identifier: Apache-2.0
#include "iscsi/scsi/cdb.h"

#include <span>

#include "core/endian.h"

namespace san::iscsi {
namespace {

Cdb make(std::uint8_t opcode, int size) {
  Cdb cdb;
  cdb.bytes[0] = opcode;
  cdb.size = size;
  return cdb;
}

template <typename T>
void put(Cdb& cdb, std::size_t offset, T value) {
  write_at(std::as_writable_bytes(std::span(cdb.bytes)), offset, value);
}

/// The forms of 10 and 16 bytes differ in the width of LBA and length only (SBC-3, 4.5 of SPC-4).
Cdb block_command(bool sixteen, std::uint8_t opcode_10, std::uint8_t opcode_16, std::uint64_t lba,
                  std::uint32_t blocks) {
  Cdb cdb = make(sixteen ? opcode_16 : opcode_10, sixteen ? 16 : 10);
  if (sixteen) {
    put(cdb, 2, be64(lba));
    put(cdb, 10, be32(blocks));
  } else {
    put(cdb, 2, be32(static_cast<std::uint32_t>(lba)));
    put(cdb, 7, be16(static_cast<std::uint16_t>(blocks)));
  }
  return cdb;
}

}  // namespace

Cdb test_unit_ready() {
  return make(0x00, 6);
}

Cdb inquiry(std::uint16_t allocation) {
  Cdb cdb = make(0x12, 6);
  put(cdb, 3, be16(allocation));
  return cdb;
}

Cdb inquiry_vpd(std::uint8_t page, std::uint16_t allocation) {
  Cdb cdb = inquiry(allocation);
  cdb.bytes[1] = 0x01;
  cdb.bytes[2] = page;
  return cdb;
}

Cdb read_capacity_10() {
  return make(0x25, 10);
}

Cdb read_capacity_16(std::uint32_t allocation) {
  Cdb cdb = make(0x9E, 16);
  cdb.bytes[1] = 0x10;
  put(cdb, 10, be32(allocation));
  return cdb;
}

Cdb mode_sense_6(std::uint8_t page, std::uint8_t allocation) {
  Cdb cdb = make(0x1A, 6);
  cdb.bytes[2] = page;
  cdb.bytes[4] = allocation;
  return cdb;
}

Cdb mode_sense_10(std::uint8_t page, std::uint16_t allocation) {
  Cdb cdb = make(0x5A, 10);
  cdb.bytes[2] = page;
  put(cdb, 7, be16(allocation));
  return cdb;
}

Cdb report_luns(std::uint32_t allocation) {
  Cdb cdb = make(0xA0, 12);
  put(cdb, 6, be32(allocation));
  return cdb;
}

Cdb persistent_reserve_in(ReserveIn action, std::uint16_t allocation) {
  Cdb cdb = make(0x5E, 10);
  cdb.bytes[1] = static_cast<std::uint8_t>(action);
  put(cdb, 7, be16(allocation));
  return cdb;
}

Cdb persistent_reserve_out(ReserveOut action, std::uint8_t type) {
  Cdb cdb = make(0x5F, 10);
  cdb.bytes[1] = static_cast<std::uint8_t>(action);
  cdb.bytes[2] = type;
  put(cdb, 5, be32(24));
  return cdb;
}

Cdb report_target_port_groups(std::uint32_t allocation) {
  Cdb cdb = make(0xA3, 12);
  cdb.bytes[1] = 0x0A;
  put(cdb, 6, be32(allocation));
  return cdb;
}

Cdb report_supported_commands(std::uint32_t allocation) {
  Cdb cdb = make(0xA3, 12);
  cdb.bytes[1] = 0x0C;
  put(cdb, 6, be32(allocation));
  return cdb;
}

Cdb read(bool sixteen, std::uint64_t lba, std::uint32_t blocks) {
  return block_command(sixteen, 0x28, 0x88, lba, blocks);
}

Cdb write(bool sixteen, std::uint64_t lba, std::uint32_t blocks) {
  return block_command(sixteen, 0x2A, 0x8A, lba, blocks);
}

Cdb write_same(bool sixteen, std::uint64_t lba, std::uint32_t blocks, bool unmap) {
  Cdb cdb = block_command(sixteen, 0x41, 0x93, lba, blocks);
  if (unmap) cdb.bytes[1] = 0x08;
  return cdb;
}

Cdb unmap(std::uint16_t length) {
  Cdb cdb = make(0x42, 10);
  put(cdb, 7, be16(length));
  return cdb;
}

Cdb synchronize_cache(bool sixteen) {
  return block_command(sixteen, 0x35, 0x91, 0, 0);
}

Cdb get_lba_status(std::uint64_t lba, std::uint32_t allocation) {
  Cdb cdb = make(0x9E, 16);
  cdb.bytes[1] = 0x12;
  put(cdb, 2, be64(lba));
  put(cdb, 10, be32(allocation));
  return cdb;
}

std::array<std::uint8_t, 24> unmap_parameters(std::uint64_t lba, std::uint32_t blocks) {
  std::array<std::uint8_t, 24> list = {};
  const auto bytes = std::as_writable_bytes(std::span(list));
  write_at(bytes, 0, be16(22));  // UNMAP data length: what follows this field
  write_at(bytes, 2, be16(16));  // one block descriptor
  write_at(bytes, 8, be64(lba));
  write_at(bytes, 16, be32(blocks));
  return list;
}

std::array<std::byte, 24> reserve_parameters(std::uint64_t key, std::uint64_t service_action_key) {
  std::array<std::byte, 24> list = {};
  write_at(std::span(list), 0, be64(key));
  write_at(std::span(list), 8, be64(service_action_key));
  return list;
}

const char* opcode_name(std::uint8_t opcode) {
  switch (opcode) {
    case 0x00:
      return "TEST UNIT READY";
    case 0x12:
      return "INQUIRY";
    case 0x1A:
      return "MODE SENSE(6)";
    case 0x25:
      return "READ CAPACITY(10)";
    case 0x28:
      return "READ(10)";
    case 0x2A:
      return "WRITE(10)";
    case 0x35:
      return "SYNCHRONIZE CACHE(10)";
    case 0x41:
      return "WRITE SAME(10)";
    case 0x42:
      return "UNMAP";
    case 0x5A:
      return "MODE SENSE(10)";
    case 0x5E:
      return "PERSISTENT RESERVE IN";
    case 0x5F:
      return "PERSISTENT RESERVE OUT";
    case 0x88:
      return "READ(16)";
    case 0x8A:
      return "WRITE(16)";
    case 0x91:
      return "SYNCHRONIZE CACHE(16)";
    case 0x93:
      return "WRITE SAME(16)";
    case 0x9E:
      return "SERVICE ACTION IN(16)";
    case 0xA0:
      return "REPORT LUNS";
    default:
      return "SCSI command";
  }
}

}  // namespace san::iscsi
