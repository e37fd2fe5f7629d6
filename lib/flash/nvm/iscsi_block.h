// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/endian.h"
#include "flash/ip_order.h"
#include "flash/nvm/nvm_family.h"
#include "flash/nvm/nvm_image.h"

namespace san::flash {

/// Returns true if a text field of fixed size holds any text.
template <std::size_t N>
bool filled(const std::array<char, N>& field) {
  return field.front() != '\0';
}

/// Head of the "iSCSI Boot Configuration" block (X550 datasheet, 6.2.12, table 6-18; I210 datasheet,
/// 6.8.7.2.1).
struct IscsiHeader {
  le16 signature;
  le16 size;  ///< size of the whole block in bytes
  std::uint8_t version = 0;
  std::uint8_t reserved = 0;
  std::array<char, 256> initiator = {};  ///< UTF-8, terminated by a zero byte
  le16 combo_high, combo_low;            ///< version of the option ROM image
  std::array<std::uint8_t, 30> rest = {};
};
static_assert(sizeof(IscsiHeader) == 0x128);

/// Record of one port, after the header. There is no field for the name that the target authenticates itself
/// with, and none for a second target.
struct IscsiRecord {
  le16 flags;
  IpBytes address = {}, mask = {}, gateway = {};
  le16 lun;
  IpBytes portal = {};
  le16 portal_port;
  std::array<char, 256> target = {};
  std::array<char, 18> secret = {};  ///< 12 to 16 bytes, padded with zeros
  std::array<char, 128> user = {};
  le16 vlan;
  std::array<char, 18> target_secret = {};
  std::array<std::uint8_t, 160> rest = {};  ///< FCoE on 10 GbE NICs (6.2.12.20), else reserved
};
static_assert(sizeof(IscsiRecord) == 0x25C);

inline constexpr std::uint16_t kIscsiSignature = 0x5369;  // "iS"

/// Bits of IscsiRecord::flags (X550 datasheet, 6.2.12.8).
namespace iscsi_flag {
inline constexpr unsigned dhcp = 0x0001, target_dhcp = 0x0002, auth = 0x000C, auth_shift = 2,
                          setup_menu = 0x0030, arp_retries = 0x0300, arp_retries_shift = 8,
                          arp_timeout_shift = 10;
}  // namespace iscsi_flag

enum class BlockState {
  unknown,  ///< no document names the word with the pointer
  absent,   ///< the pointer is empty
  good,
  dangling,      ///< the pointer is past the end, or into the base words
  no_signature,  ///< the pointer leads to something else
  old_layout,    ///< layout of the 82571 and 82575, whose table is not public: never written
  wrong_size,    ///< not the size of a block with one to four ports
  wrong_version,
};

/// Location of the iSCSI block in an image.
struct IscsiBlockLocation {
  BlockState state = BlockState::unknown;
  std::size_t pointer = 0;  ///< the word that points to it
  std::uint16_t value = 0;  ///< value of that word
  std::size_t offset = 0;   ///< offset of the block in bytes, if there is one
  std::size_t size = 0;     ///< declared size of the block in bytes
  unsigned ports = 0;
  /// Clause about the pointer word, "points to …"; empty if the state is good, absent or unknown.
  std::string problem;

  /// Returns the offset of the record of a port, which is 1 to `ports`.
  std::size_t record(unsigned port) const {
    return offset + sizeof(IscsiHeader) + (port - 1) * sizeof(IscsiRecord);
  }
};

/// Locates the iSCSI block by its pointer, and checks its header.
IscsiBlockLocation find_block(const NvmImage& image, const NvmFamily& family);

/// Returns the characters before the first zero byte, or nothing if there is no zero byte.
std::optional<std::string> field_text(std::span<const char> field);

/// Returns the byte order of addresses that the netmasks of the block's ports prove; nothing if they prove
/// none, or contradict each other (then `conflict` is set to true).
std::optional<IpOrder> block_order(const NvmImage& image, const IscsiBlockLocation& location, bool& conflict);

}  // namespace san::flash
