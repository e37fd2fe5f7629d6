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

/// Tells whether a text field of fixed size holds any text.
template <std::size_t N>
bool filled(const std::array<char, N>& field) {
  return field.front() != '\0';
}

/// Head of the "iSCSI Boot Configuration" block (X550 datasheet, 6.2.12, table 6-18; I210 datasheet,
/// 6.8.7.2.1).
struct IscsiHeader {
  le16 signature;
  le16 size;  ///< of the whole block in bytes
  std::uint8_t version = 0;
  std::uint8_t reserved = 0;
  std::array<char, 256> initiator = {};  ///< UTF-8, ended by a zero byte
  le16 combo_high, combo_low;            ///< version of the option ROM image
  std::array<std::uint8_t, 30> rest = {};
};
static_assert(sizeof(IscsiHeader) == 0x128);

/// What follows it for each port. There is no field for the name by which the target proves itself, and none
/// for a second target.
struct IscsiRecord {
  le16 flags;
  IpBytes address = {}, mask = {}, gateway = {};
  le16 lun;
  IpBytes portal = {};
  le16 portal_port;
  std::array<char, 256> target = {};
  std::array<char, 18> secret = {};  ///< 12 to 16 bytes and zeros
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
  unknown,  ///< no document names the word that would point to it
  absent,   ///< the pointer is empty
  good,
  dangling,      ///< the pointer leads past the end, or into the base words
  no_signature,  ///< it leads to something else
  old_layout,    ///< that of the 82571 and 82575, whose table is not public: never written
  wrong_size,    ///< not the size of one to four ports
  wrong_version,
};

/// Where the block is.
struct IscsiBlockLocation {
  BlockState state = BlockState::unknown;
  std::size_t pointer = 0;  ///< the word that points to it
  std::uint16_t value = 0;  ///< of that word
  std::size_t offset = 0;   ///< of the block in bytes, where there is one
  std::size_t size = 0;     ///< what the block says, in bytes
  unsigned ports = 0;
  std::string problem;  ///< a sentence about a state that is neither good nor absent nor unknown

  /// Offset of the record of a port, which is 1 to `ports`.
  std::size_t record(unsigned port) const {
    return offset + sizeof(IscsiHeader) + (port - 1) * sizeof(IscsiRecord);
  }
};

/// Follows the pointer, as far as it leads somewhere.
IscsiBlockLocation find_block(const NvmImage& image, const NvmFamily& family);

/// The characters before the first zero byte; none where there is no zero byte.
std::optional<std::string> field_text(std::span<const char> field);

/// Which order the masks of the block's ports prove; none where they prove nothing, or contradict each other
/// (then `conflict` is set).
std::optional<IpOrder> block_order(const NvmImage& image, const IscsiBlockLocation& place, bool& conflict);

}  // namespace san::flash
