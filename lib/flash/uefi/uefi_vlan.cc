// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/uefi_vlan.h"

#include <algorithm>

#include "core/endian.h"
#include "flash/uefi/iscsi_attempt.h"

namespace san::flash {
namespace {

std::vector<std::uint16_t> tags_of(const std::vector<std::byte>& list) {
  std::vector<std::uint16_t> out;
  for (std::size_t at = 0; at + 2 <= list.size(); at += 2) out.push_back(*read_at<le16>(list, at));
  return out;
}

std::uint16_t id_of(std::uint16_t tag) {
  return tag & 0xFFF;
}

}  // namespace

VariableName vlan_list(const std::string& mac) {
  return {nic_variable(mac, 0), kVlanVendor};
}

std::vector<std::uint16_t> listed_vlans(const VariableStore& store, const std::string& mac) {
  const auto list = store.get(vlan_list(mac));
  if (!list) return {};
  std::vector<std::uint16_t> out = tags_of(list->data);
  std::transform(out.begin(), out.end(), out.begin(), id_of);
  return out;
}

std::vector<std::byte> changed_vlans(const std::vector<std::byte>& list,
                                     const std::vector<std::uint16_t>& dropped, std::uint16_t added) {
  std::vector<std::uint16_t> tags = tags_of(list);
  std::erase_if(tags, [&](std::uint16_t tag) {
    return id_of(tag) != added && std::find(dropped.begin(), dropped.end(), id_of(tag)) != dropped.end();
  });
  const bool there =
      std::any_of(tags.begin(), tags.end(), [&](std::uint16_t tag) { return id_of(tag) == added; });
  if (added != 0 && !there) tags.push_back(added);
  std::vector<std::byte> out(2 * tags.size());
  for (std::size_t i = 0; i < tags.size(); ++i) write_at(std::span(out), 2 * i, le16(tags[i]));
  return out;
}

}  // namespace san::flash
