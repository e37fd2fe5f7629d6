// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/load_option.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"
#include "core/utf16.h"

namespace san::flash {

namespace {

// Types and subtypes of device path nodes (UEFI 2.10, 10.3).
enum : unsigned {
  kMessaging = 3,
  kMedia = 4,
  kEnd = 0x7F,
  kMac = 0x0B,
  kIpv4 = 0x0C,
  kIpv6 = 0x0D,
  kIscsi = 0x13,
  kVlan = 0x14,
  kUri = 0x18,
  kHardDrive = 0x01,
  kCdRom = 0x02,
  kFilePath = 0x04,
  kFirmwareFile = 0x06,
};
// Messaging nodes of disks: ATAPI, SCSI, USB, SATA, SAS, NVMe, UFS, SD, eMMC, Fibre Channel.
constexpr unsigned kDisks[] = {0x01, 0x02, 0x05, 0x12, 0x16, 0x17, 0x19, 0x1A, 0x1D, 0x03, 0x15};

struct NodeHeader {
  std::uint8_t type, subtype;
  le16 length;
};

struct IscsiNode {
  le16 protocol, options;
  std::uint8_t lun[8];
  le16 portal_group;
};

struct Ipv4Node {
  std::uint8_t local[4], remote[4];
  le16 local_port, remote_port, protocol;
  std::uint8_t fixed, gateway[4], mask[4];
};

struct Ipv6Node {
  std::uint8_t local[16], remote[16];
  le16 local_port, remote_port, protocol;
  std::uint8_t origin, prefix, gateway[16];
};

template <typename Node>
IpPath ip_path(const Node& node) {
  IpPath path;
  std::ranges::copy(node.local, path.local.begin());
  std::ranges::copy(node.remote, path.remote.begin());
  std::ranges::copy(node.gateway, path.gateway.begin());
  path.remote_port = node.remote_port;
  return path;
}

void take_ip(LoadOption& option, unsigned subtype, std::span<const std::byte> body) {
  if (option.kind == LoadOption::Kind::other) option.kind = LoadOption::Kind::pxe;
  if (subtype == kIpv6) {
    if (const auto node = read_at<Ipv6Node>(body, 0)) {
      option.ip = ip_path(*node);
      option.ip->v6 = true;
    }
  } else if (const auto node = read_at<Ipv4Node>(body, 0)) {
    option.ip = ip_path(*node);
    std::ranges::copy(node->mask, option.ip->mask.begin());
    option.ip->fixed = node->fixed != 0;
  }
}

void take_messaging(LoadOption& option, unsigned subtype, std::span<const std::byte> body) {
  using Kind = LoadOption::Kind;
  const auto octet = [&](std::size_t i) { return std::to_integer<unsigned>(body[i]); };
  if (subtype == kMac && body.size() >= 6) {
    option.mac = fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", octet(0), octet(1), octet(2),
                             octet(3), octet(4), octet(5));
  } else if (subtype == kIpv4 || subtype == kIpv6) {
    take_ip(option, subtype, body);
  } else if (subtype == kVlan) {
    option.vlan = read_at<le16>(body, 0).value_or(0);
  } else if (subtype == kUri) {
    option.kind = Kind::http;
  } else if (subtype == kIscsi) {
    if (const auto node = read_at<IscsiNode>(body, 0)) {
      option.kind = Kind::iscsi;
      option.iscsi.emplace().login = node->options;
      std::copy(node->lun, node->lun + 8, option.iscsi->lun.begin());
      const auto name = body.subspan(sizeof(IscsiNode));
      const auto end = std::find(name.begin(), name.end(), std::byte{0});
      std::for_each(name.begin(), end, [&](std::byte b) { option.iscsi->target += static_cast<char>(b); });
    }
  } else if (option.kind == Kind::other &&
             std::find(std::begin(kDisks), std::end(kDisks), subtype) != std::end(kDisks)) {
    option.kind = Kind::disk;
  }
}

void take_media(LoadOption& option, unsigned subtype) {
  using Kind = LoadOption::Kind;
  if (option.kind != Kind::other) return;
  if (subtype == kHardDrive || subtype == kCdRom) option.kind = Kind::disk;
  if (subtype == kFilePath || subtype == kFirmwareFile) option.kind = Kind::file;
}

/// Returns true if every node up to the first end node could be followed.
bool take_path(LoadOption& option, std::span<const std::byte> path) {
  while (!path.empty()) {
    const auto header = read_at<NodeHeader>(path, 0);
    if (!header || header->length < sizeof(NodeHeader) || header->length > path.size()) return false;
    const auto body = path.subspan(sizeof(NodeHeader), header->length - sizeof(NodeHeader));
    if (header->type == kEnd) return true;
    if (header->type == kMessaging) take_messaging(option, header->subtype, body);
    if (header->type == kMedia) take_media(option, header->subtype);
    path = path.subspan(header->length);
  }
  return true;
}

VariableName global(std::u16string name) {
  return {std::move(name), kGlobalVariable};
}

}  // namespace

std::string_view to_string(LoadOption::Kind kind) {
  switch (kind) {
    case LoadOption::Kind::iscsi:
      return "iSCSI";
    case LoadOption::Kind::pxe:
      return "PXE";
    case LoadOption::Kind::http:
      return "HTTP";
    case LoadOption::Kind::disk:
      return "disk";
    case LoadOption::Kind::file:
      return "file";
    case LoadOption::Kind::other:
      break;
  }
  return "other";
}

std::optional<LoadOption> decode_load_option(std::span<const std::byte> data) {
  const auto attributes = read_at<le32>(data, 0);
  const auto path_length = read_at<le16>(data, 4);
  if (!attributes || !path_length) return std::nullopt;
  LoadOption option;
  option.active = (*attributes & 1) != 0;
  std::vector<le16> description;
  std::size_t at = 6;
  for (;; at += 2) {
    const auto unit = read_at<le16>(data, at);
    if (!unit) return std::nullopt;
    if (*unit == 0) break;
    description.push_back(*unit);
  }
  option.description = utf16_to_printable(description);
  at += 2;
  if (*path_length > data.size() - at || !take_path(option, data.subspan(at, *path_length)))
    return std::nullopt;
  return option;
}

std::optional<std::vector<BootOrderEntry>> boot_entries(const VariableStore& store) {
  const auto order = store.get(global(u"BootOrder"));
  if (!order) return std::nullopt;
  std::vector<BootOrderEntry> out;
  for (std::size_t at = 0; at + 2 <= order->data.size(); at += 2) {
    BootOrderEntry entry;
    entry.number = *read_at<le16>(order->data, at);
    const std::string name = fmt::format("Boot{:04X}", entry.number);
    if (const auto option = store.get(global({name.begin(), name.end()})))
      entry.option = decode_load_option(option->data);
    out.push_back(std::move(entry));
  }
  return out;
}

std::vector<std::byte> boot_order_with_first(const std::vector<BootOrderEntry>& entries,
                                             std::size_t position) {
  std::vector<BootOrderEntry> order = entries;
  const auto first = order.begin() + static_cast<std::ptrdiff_t>(position);
  std::rotate(order.begin(), first, first + 1);
  std::vector<std::byte> out(2 * order.size());
  for (std::size_t i = 0; i < order.size(); ++i) write_at(std::span(out), 2 * i, le16(order[i].number));
  return out;
}

}  // namespace san::flash
