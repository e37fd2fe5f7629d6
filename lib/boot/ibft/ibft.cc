// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/export/exports.h"
#include "boot/ip_address.h"
#include "boot/mac_address.h"
#include "boot/profile/root_path.h"
#include "core/endian.h"
#include "core/units.h"

namespace san::boot {
namespace {

// Structures of the "iSCSI Boot Firmware Table (iBFT) as defined in ACPI 3.0b", IBM, version 1.03; the same
// in Linux' drivers/firmware/iscsi_ibft.c.

struct Header {
  char signature[4] = {};
  le32 length;
  std::uint8_t revision = 0, checksum = 0;
  char oem[6] = {}, table[8] = {};
  std::uint8_t reserved[24] = {};
};
static_assert(sizeof(Header) == 48);

struct StructureHeader {
  std::uint8_t id = 0, version = 0;
  le16 length;
  std::uint8_t index = 0, flags = 0;
};

struct Text {
  le16 length, offset;
};

struct Control {
  StructureHeader header;
  le16 extensions, initiator, nic0, target0, nic1, target1;
};
static_assert(sizeof(Control) == 18);  // Linux takes no other length

struct Initiator {
  StructureHeader header;
  std::uint8_t isns[16] = {}, slp[16] = {}, radius1[16] = {}, radius2[16] = {};
  Text name;
};
static_assert(sizeof(Initiator) == 74);

struct Nic {
  StructureHeader header;
  std::uint8_t address[16] = {};
  std::uint8_t prefix = 0, origin = 0;
  std::uint8_t gateway[16] = {}, dns1[16] = {}, dns2[16] = {}, dhcp[16] = {};
  le16 vlan;
  std::uint8_t mac[6] = {};
  le16 pci;
  Text host;
};
static_assert(sizeof(Nic) == 102);

struct Target {
  StructureHeader header;
  std::uint8_t address[16] = {};
  le16 port;
  std::uint8_t lun[8] = {};
  std::uint8_t chap = 0, nic = 0;
  Text name, user, secret, reverse_user, reverse_secret;
};
static_assert(sizeof(Target) == 54);

constexpr std::uint8_t kValidAndSelected = 3, kGlobalAddress = 4;
constexpr std::size_t kAlignment = 16;

/// Writes an address; IPv4 becomes ::ffff:a.b.c.d.
void put_address(std::uint8_t (&field)[16], const IpAddress& address) {
  if (address.bits == 128) {
    std::copy(address.bytes.begin(), address.bytes.end(), field);
  } else {
    field[10] = field[11] = 0xFF;
    std::copy_n(address.bytes.begin(), 4, field + 12);
  }
}

class Table {
 public:
  explicit Table(std::size_t structures) : bytes_(structures) {}

  Text add(const std::string& text) {
    if (text.empty()) return {};
    Text out;
    out.length = static_cast<std::uint16_t>(text.size());
    out.offset = static_cast<std::uint16_t>(bytes_.size());
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    bytes_.push_back(std::byte{0});
    return out;
  }

  template <typename T>
  void put(std::size_t at, const T& value) {
    write_at(std::span(bytes_), at, value);
  }

  std::vector<std::byte> finish() {
    Header header = {};
    std::copy_n("iBFT", 4, header.signature);
    header.length = static_cast<std::uint32_t>(bytes_.size());
    header.revision = 1;
    std::copy_n("SANBT ", 6, header.oem);
    std::copy_n("SANBOOT ", 8, header.table);
    put(0, header);
    unsigned sum = 0;
    for (const std::byte b : bytes_) sum += std::to_integer<unsigned>(b);
    bytes_[offsetof(Header, checksum)] = static_cast<std::byte>(-sum);
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

StructureHeader structure(std::uint8_t id, std::size_t length, std::size_t index, std::uint8_t flags) {
  StructureHeader out = {};
  out.id = id;
  out.version = 1;
  out.length = static_cast<std::uint16_t>(length);
  out.index = static_cast<std::uint8_t>(index);
  out.flags = flags;
  return out;
}

IpAddress address_of(const BootProfile& profile, const std::string& text, const std::string& what) {
  if (const auto address = parse_ip(text)) return *address;
  throw cannot_carry(profile, "ibft", fmt::format("the {} \"{}\" is not an address", what, text),
                     "give its address");
}

Nic nic_of(const BootProfile& profile) {
  Nic nic = {};
  nic.header = structure(3, sizeof(Nic), 0, kValidAndSelected | kGlobalAddress);
  nic.origin = profile.dhcp ? 3 : 1;
  if (!profile.dhcp) {
    const IpAddress address = address_of(profile, profile.address, "machine's address");
    put_address(nic.address, address);
    nic.prefix = static_cast<std::uint8_t>(profile.prefix.value_or(address.bits));
    if (!profile.gateway.empty()) put_address(nic.gateway, address_of(profile, profile.gateway, "gateway"));
  }
  nic.vlan = profile.vlan;
  std::ranges::copy(mac_octets(profile.mac), std::begin(nic.mac));
  return nic;
}

}  // namespace

std::vector<std::byte> ibft(const BootProfile& profile, const iscsi::Credentials& auth) {
  require_bootable(profile, "ibft");
  if (profile.mac.size() != 17)
    throw cannot_carry(profile, "ibft", "the profile has no MAC address, by which the system finds the NIC",
                       "give the address of the NIC that boots");
  if (profile.portals.size() > 2)
    throw cannot_carry(profile, "ibft",
                       fmt::format("there are {} portals, and Linux reads an iBFT of at most 2 targets",
                                   profile.portals.size()),
                       "leave some out");
  const auto next_offset = [](std::size_t behind) {
    return static_cast<std::uint16_t>(round_up(behind, kAlignment));
  };
  const std::uint16_t control_at = sizeof(Header);
  const std::uint16_t initiator_at = next_offset(control_at + sizeof(Control));
  const std::uint16_t nic_at = next_offset(initiator_at + sizeof(Initiator));
  const std::uint16_t target_at = next_offset(nic_at + sizeof(Nic));
  const std::uint16_t second_at = next_offset(target_at + sizeof(Target));
  const bool two = profile.portals.size() > 1;
  Table table(next_offset((two ? second_at : target_at) + sizeof(Target)));

  Control control = {};
  control.header = structure(1, sizeof(Control), 0, 0);
  control.initiator = initiator_at;
  control.nic0 = nic_at;
  control.target0 = target_at;
  if (two) control.target1 = second_at;
  table.put(control_at, control);

  Initiator initiator = {};
  initiator.header = structure(2, sizeof(Initiator), 0, kValidAndSelected);
  initiator.name = table.add(profile.initiator);
  table.put(initiator_at, initiator);
  Nic nic = nic_of(profile);
  nic.host = table.add(host_name(profile));
  table.put(nic_at, nic);

  for (std::size_t i = 0; i < profile.portals.size(); ++i) {
    const iscsi::Portal& portal = profile.portals[i];
    Target target = {};
    target.header = structure(4, sizeof(Target), i, kValidAndSelected);
    put_address(target.address, address_of(profile, portal.host, "portal"));
    target.port = portal.port;
    const auto lun = wire_lun(profile.lun);
    std::copy(lun.begin(), lun.end(), target.lun);
    target.chap = static_cast<std::uint8_t>(auth.user.empty() ? 0 : auth.target_user.empty() ? 1 : 2);
    target.name = table.add(profile.target);
    target.user = table.add(auth.user);
    target.secret = table.add(auth.secret);
    target.reverse_user = table.add(auth.target_user);
    target.reverse_secret = table.add(auth.target_secret);
    table.put(i == 0 ? target_at : second_at, target);
  }
  std::vector<std::byte> bytes = table.finish();
  // Offsets of strings have 16 bits.
  if (bytes.size() > 0xFFFF)
    throw cannot_carry(profile, "ibft",
                       fmt::format("names and secrets make a table of {} bytes", bytes.size()),
                       "use shorter ones");
  return bytes;
}

}  // namespace san::boot
