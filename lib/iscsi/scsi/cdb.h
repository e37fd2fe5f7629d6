// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace san::iscsi {

/// A SCSI command descriptor block. Values are range-checked by the callers; see SBC-3 and SPC-4 for the
/// fields.
struct Cdb {
  std::array<std::uint8_t, 16> bytes = {};
  int size = 6;

  std::uint8_t opcode() const { return bytes[0]; }
};

/// Service actions of PERSISTENT RESERVE IN (SPC-4, table 171).
enum class ReserveIn : std::uint8_t {
  read_keys = 0,
  read_reservation = 1,
  report_capabilities = 2,
  read_full_status = 3,
};
/// Service actions of PERSISTENT RESERVE OUT (SPC-4, table 208).
enum class ReserveOut : std::uint8_t {
  register_key = 0,  ///< REGISTER
  reserve = 1,
  release = 2,
  clear = 3,
  preempt = 4,
  register_ignoring = 6,  ///< REGISTER AND IGNORE EXISTING KEY
};

Cdb test_unit_ready();                                                  ///< SPC-4, 6.47
Cdb inquiry(std::uint16_t allocation);                                  ///< SPC-4, 6.6
Cdb inquiry_vpd(std::uint8_t page, std::uint16_t allocation);           ///< SPC-4, 6.6 with EVPD
Cdb read_capacity_10();                                                 ///< SBC-3, 5.15
Cdb read_capacity_16(std::uint32_t allocation);                         ///< SBC-3, 5.16
Cdb mode_sense_6(std::uint8_t page, std::uint8_t allocation);           ///< SPC-4, 6.11
Cdb mode_sense_10(std::uint8_t page, std::uint16_t allocation);         ///< SPC-4, 6.12
Cdb report_luns(std::uint32_t allocation);                              ///< SPC-4, 6.33, select report 00h
Cdb persistent_reserve_in(ReserveIn action, std::uint16_t allocation);  ///< SPC-4, 6.15
/// Returns PERSISTENT RESERVE OUT with a parameter list of 24 bytes, for the whole logical unit
/// (SPC-4, 6.16). `type` is that of the reservation, for the service actions that have one.
Cdb persistent_reserve_out(ReserveOut action, std::uint8_t type);
/// Returns REPORT TARGET PORT GROUPS with the short header, which every target supports (SPC-4, 6.37).
Cdb report_target_port_groups(std::uint32_t allocation);
/// Returns REPORT SUPPORTED OPERATION CODES, all commands (SPC-4, 6.35).
Cdb report_supported_commands(std::uint32_t allocation);

/// Returns READ(16) if `sixteen`, else READ(10). `blocks` must fit the form: at most 65535 for READ(10).
Cdb read(bool sixteen, std::uint64_t lba, std::uint32_t blocks);
Cdb write(bool sixteen, std::uint64_t lba, std::uint32_t blocks);
/// Returns WRITE SAME(10) or (16), with one block of data; `unmap` sets the UNMAP bit (SBC-3, 5.49 and 5.50).
Cdb write_same(bool sixteen, std::uint64_t lba, std::uint32_t blocks, bool unmap);
/// Returns UNMAP with a parameter list of `length` bytes (SBC-3, 5.30).
Cdb unmap(std::uint16_t length);
/// Returns SYNCHRONIZE CACHE(10) or (16) of the whole LUN (SBC-3, 5.22 and 5.23).
Cdb synchronize_cache(bool sixteen);
Cdb get_lba_status(std::uint64_t lba, std::uint32_t allocation);  ///< SBC-3, 5.8

/// Returns the parameter list of PERSISTENT RESERVE OUT (SPC-4, table 210).
std::array<std::byte, 24> reserve_parameters(std::uint64_t key, std::uint64_t service_action_key);
/// Returns the parameter list of UNMAP with one descriptor: header and descriptor, 24 bytes (SBC-3, table
/// 81).
std::array<std::uint8_t, 24> unmap_parameters(std::uint64_t lba, std::uint32_t blocks);

/// Returns the name of a command, "WRITE(16)", or "SCSI command" for an opcode that this library does not
/// send.
const char* opcode_name(std::uint8_t opcode);

}  // namespace san::iscsi
