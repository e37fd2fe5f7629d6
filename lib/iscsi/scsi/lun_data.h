// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::iscsi {

/// Standard INQUIRY data (SPC-4, 6.6.2).
struct Inquiry {
  std::uint8_t qualifier = 0;     ///< peripheral qualifier: 0 connected, 1 could be, 3 no such LUN
  std::uint8_t device_type = 0;   ///< 0 disk, 0Ch controller, 1Fh none
  bool third_party_copy = false;  ///< 3PC
  std::string vendor, product, revision;
  std::uint8_t version = 0;  ///< of SPC: 5 SPC-3, 6 SPC-4, 7 SPC-5; 0 claims none
  std::uint8_t tpgs = 0;     ///< ALUA: 0 none, 1 implicit, 2 explicit, 3 both
  std::vector<std::uint16_t> version_descriptors;
};

/// READ CAPACITY(10) or (16) (SBC-3, 5.15 and 5.16).
struct Capacity {
  std::uint64_t blocks = 0;
  std::uint32_t block_size = 0;         ///< bytes of a logical block
  std::uint32_t physical_exponent = 0;  ///< a physical block is 2^n logical ones
  std::uint32_t lowest_aligned_lba = 0;
  bool lbpme = false;      ///< thin: logical block provisioning management enabled
  bool lbprz = false;      ///< deallocated blocks are declared to read as zeros
  bool long_form = false;  ///< came from READ CAPACITY(16)
};

/// VPD page B0h, Block Limits (SBC-3, 6.6.3); 0 is "no limit given".
struct BlockLimits {
  std::uint32_t max_transfer_blocks = 0;
  std::uint32_t optimal_transfer_blocks = 0;
  std::uint32_t optimal_granularity_blocks = 0;
  std::uint32_t max_unmap_blocks = 0;
  std::uint32_t max_unmap_descriptors = 0;
  std::uint32_t unmap_granularity_blocks = 0;
  std::optional<std::uint32_t> unmap_alignment_blocks;
  std::uint64_t max_write_same_blocks = 0;
  std::uint32_t max_compare_and_write_blocks = 0;
  bool write_same_nonzero = false;  ///< WSNZ: a WRITE SAME of 0 blocks does not mean all blocks that follow
};

/// VPD page B2h, Logical Block Provisioning (SBC-3, 6.6.4).
struct Provisioning {
  bool lbpu = false;     ///< UNMAP
  bool lbpws = false;    ///< WRITE SAME(16) with UNMAP
  bool lbpws10 = false;  ///< WRITE SAME(10) with UNMAP
  bool lbprz = false;
  std::uint8_t type = 0;  ///< 1 resource, 2 thin
  bool anchors = false;   ///< ANC_SUP
  std::uint8_t threshold_exponent = 0;
};

/// VPD page B1h, Block Device Characteristics (SBC-3, 6.6.2).
struct Characteristics {
  std::uint16_t rotation_rate =
      0;                         ///< rotations a minute; 1 does not rotate, 0 not reported, others reserved
  std::uint8_t form_factor = 0;  ///< 0 not reported
};

/// One designator of VPD page 83h (SPC-4, 7.8.6).
struct Designator {
  std::uint8_t association = 0;  ///< 0 logical unit, 1 target port, 2 target device
  std::uint8_t type = 0;         ///< 1 T10 vendor, 2 EUI-64, 3 NAA, 8 SCSI name …
  std::string text;              ///< hexadecimal for binary designators
};

/// Caching, control and device-specific parameters (SPC-4, 7.5.5 and 7.5.8; SBC-3, 6.5.2 and 6.5.6).
struct Mode {
  std::optional<bool> write_protected;
  std::optional<bool> write_cache;             ///< WCE
  std::optional<bool> read_cache;              ///< RCD, inverted
  std::optional<bool> dpofua;                  ///< supports DPO and FUA
  std::optional<bool> software_write_protect;  ///< SWP of the control page
};

/// One run of blocks in the answer to GET LBA STATUS (SBC-3, 5.8.3).
struct LbaStatus {
  std::uint64_t lba = 0;
  std::uint32_t blocks = 0;
  std::uint8_t provisioning = 0;  ///< 0 mapped, 1 deallocated, 2 anchored
};

/// Parses standard INQUIRY data. Like all parsers here it accepts any bytes from a target, however short or
/// absurd; nothing means "not usable at all".
std::optional<Inquiry> parse_inquiry(std::span<const std::byte> bytes);
std::optional<Capacity> parse_capacity_10(std::span<const std::byte> bytes);
std::optional<Capacity> parse_capacity_16(std::span<const std::byte> bytes);
/// Parses READ CAPACITY(16) without a check that the capacity makes sense.
Capacity raw_capacity_16(std::span<const std::byte> bytes);
/// Returns true if such a disk can exist: blocks of 256 to 65536 bytes, a power of two, and at most 2^63
/// bytes.
bool makes_sense(const Capacity& capacity);
/// Returns the payload of a VPD page without its header; nothing if the header names another page. A page
/// that declares more bytes than arrived is cut to those that arrived.
std::optional<std::span<const std::byte>> vpd_payload(std::span<const std::byte> bytes, std::uint8_t page);
std::vector<std::uint8_t> parse_supported_pages(std::span<const std::byte> bytes);
std::string parse_serial(std::span<const std::byte> bytes);
std::vector<Designator> parse_designators(std::span<const std::byte> bytes);
std::optional<BlockLimits> parse_block_limits(std::span<const std::byte> bytes);
std::optional<Provisioning> parse_provisioning(std::span<const std::byte> bytes);
std::optional<Characteristics> parse_characteristics(std::span<const std::byte> bytes);
/// Parses the answer to MODE SENSE(10) if `ten`, else to MODE SENSE(6).
Mode parse_mode(std::span<const std::byte> bytes, bool ten);
/// Parses the answer to GET LBA STATUS, in the order sent. The list ends before a descriptor that is empty,
/// wraps around or does not begin at the end of the one before.
std::vector<LbaStatus> parse_lba_status(std::span<const std::byte> bytes);

}  // namespace san::iscsi
