// SPDX-License-Identifier: Apache-2.0
#include "os/windows/bcd.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"

namespace san::os {
namespace {

constexpr const char* kBootManager = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}";

Guid guid_at(std::span<const std::byte> bytes, std::size_t offset) {
  Guid guid;
  for (std::size_t i = 0; i < guid.bytes.size(); ++i)
    guid.bytes[i] = std::to_integer<std::uint8_t>(bytes[offset + i]);
  return guid;
}

std::optional<HiveValue> element(const HiveKey& object, const char* id) {
  const auto key = object.key(std::string("Elements\\") + id);
  return key ? key->value("Element") : std::nullopt;
}

std::optional<PartitionIds> device_element(const HiveKey& object, const char* id) {
  const auto value = element(object, id);
  return value ? parse_bcd_device(value->bytes) : std::nullopt;
}

/// Returns a text element; trailing spaces, which bcdedit leaves in some, are removed.
std::string text_element(const HiveKey& object, const char* id) {
  const auto value = element(object, id);
  std::string text = value ? value->text().value_or("") : "";
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::optional<BcdEntry> entry(const HiveKey& objects, const std::string& id) {
  const auto object = objects.key(id);
  if (!object) return {};
  BcdEntry out;
  out.id = id;
  out.device = device_element(*object, "11000001");
  out.path = text_element(*object, "12000002");
  out.description = text_element(*object, "12000004");
  out.os_device = device_element(*object, "21000001");
  out.system_root = text_element(*object, "22000002");
  return out;
}

}  // namespace

std::string PartitionIds::text() const {
  switch (kind) {
    case Kind::boot:
      return "the boot partition";
    case Kind::gpt:
      return fmt::format("GPT partition {}{}", partition.text(), disk ? ", disk " + disk->text() : "");
    case Kind::mbr:
      return fmt::format("MBR disk {:#010x}, partition at byte {}", signature, offset);
    case Kind::other:
      break;
  }
  return "something other than a partition";
}

const partition::Partition* find_partition(const partition::PartitionTable& table, const PartitionIds& ids) {
  for (const partition::Partition& partition : table.partitions) {
    const auto own = partition_ids(table, partition);
    if (!own || own->kind != ids.kind) continue;
    const bool same = ids.kind == PartitionIds::Kind::gpt
                          ? own->partition == ids.partition && (!ids.disk || own->disk == ids.disk)
                          : own->signature == ids.signature && own->offset == ids.offset;
    if (same) return &partition;
  }
  return nullptr;
}

std::optional<PartitionIds> partition_ids(const partition::PartitionTable& table,
                                          const partition::Partition& partition) {
  PartitionIds ids;
  if (table.kind == partition::TableKind::gpt || table.kind == partition::TableKind::hybrid) {
    const auto id = Guid::parse(partition.uuid);
    if (!id) return {};
    ids.kind = PartitionIds::Kind::gpt;
    ids.disk = Guid::parse(table.disk_id);
    ids.partition = *id;
    return ids;
  }
  if (table.kind != partition::TableKind::mbr || !table.raw.mbr || partition.extended) return {};
  ids.kind = PartitionIds::Kind::mbr;
  ids.signature = table.raw.mbr->signature;
  ids.offset = partition.offset;
  return ids;
}

std::optional<PartitionIds> parse_bcd_device(std::span<const std::byte> element) {
  const auto type = read_at<le32>(element, 16);
  if (!type || element.size() < 32) return {};
  PartitionIds ids;
  if (*type == 5) ids.kind = PartitionIds::Kind::boot;
  if (*type != 6) return ids;
  if (element.size() < 72) return {};
  const std::uint32_t style = *read_at<le32>(element, 52);
  if (style == 0) {
    ids.kind = PartitionIds::Kind::gpt;
    ids.partition = guid_at(element, 32);
    ids.disk = guid_at(element, 56);
  } else if (style == 1) {
    ids.kind = PartitionIds::Kind::mbr;
    ids.offset = *read_at<le64>(element, 32);
    ids.signature = *read_at<le32>(element, 56);
  }
  return ids;
}

PartitionIds parse_mounted_device(std::span<const std::byte> value) {
  constexpr std::string_view kGpt = "DMIO:ID:";
  PartitionIds ids;
  const bool gpt =
      value.size() == 24 && std::equal(kGpt.begin(), kGpt.end(), value.begin(),
                                       [](char c, std::byte b) { return std::to_integer<char>(b) == c; });
  if (gpt) {
    ids.kind = PartitionIds::Kind::gpt;
    ids.partition = guid_at(value, 8);
  } else if (value.size() == 12) {
    ids.kind = PartitionIds::Kind::mbr;
    ids.signature = *read_at<le32>(value, 0);
    ids.offset = *read_at<le64>(value, 4);
  }
  return ids;
}

BcdStore read_bcd(const Hive& hive) {
  BcdStore store;
  const auto objects = hive.key("Objects");
  if (!objects) return store;
  store.manager = entry(*objects, kBootManager);
  if (!store.manager) return store;
  const auto manager = objects->key(kBootManager);
  std::string id = text_element(*manager, "23000003");
  if (id.empty()) {
    const auto order = element(*manager, "24000001");
    const std::vector<std::string> ids = order ? order->texts() : std::vector<std::string>();
    if (!ids.empty()) id = ids.front();
  }
  if (!id.empty()) store.standard = entry(*objects, id);
  return store;
}

}  // namespace san::os
