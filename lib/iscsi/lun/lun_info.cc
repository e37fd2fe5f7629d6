// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/lun_info.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::iscsi {

std::optional<bool> LunInfo::thin() const {
  if (!long_form()) return std::nullopt;
  return capacity->lbpme;
}

bool LunInfo::declares_zeros() const {
  return capacity && capacity->lbpme && capacity->lbprz && provisioning && provisioning->lbprz;
}

bool LunInfo::may_have(std::uint8_t page) const {
  return pages.empty() || std::find(pages.begin(), pages.end(), page) != pages.end();
}

std::string LunInfo::identity() const {
  for (const int type : {3, 2, 1})
    for (const Designator& designator : designators)
      if (designator.association == 0 && designator.type == type && !designator.text.empty())
        return (type == 3 ? "naa." : type == 2 ? "eui." : "t10.") + designator.text;
  return serial.empty() ? std::string() : "serial " + serial;
}

std::string LunInfo::naa() const {
  std::string best;
  for (const Designator& one : designators)
    if (one.association == 0 && one.type == 3 && one.text.size() > best.size()) best = one.text;
  return best;
}

std::vector<std::string> LunInfo::contradictions() const {
  std::vector<std::string> result;
  if (!long_form()) return result;
  const bool unmaps = provisioning && (provisioning->lbpu || provisioning->lbpws || provisioning->lbpws10);
  if (!capacity->lbpme && unmaps)
    result.emplace_back("READ CAPACITY(16) says not thin (LBPME 0), but VPD page B2h offers unmapping");
  if (capacity->lbpme && provisioning && !unmaps)
    result.emplace_back("READ CAPACITY(16) says thin (LBPME 1), but VPD page B2h offers no way to unmap");
  if (capacity->lbpme && !provisioning && !pages.empty() && !may_have(0xB2))
    result.emplace_back("READ CAPACITY(16) reports thin provisioning (LBPME 1), but VPD page B2h is missing");
  if (capacity->lbpme && provisioning && capacity->lbprz != provisioning->lbprz)
    result.push_back(fmt::format("LBPRZ is {} in READ CAPACITY(16), but {} in VPD page B2h",
                                 capacity->lbprz ? 1 : 0, provisioning->lbprz ? 1 : 0));
  if (provisioning && provisioning->lbpu && limits && limits->max_unmap_blocks == 0)
    result.emplace_back("VPD page B2h offers UNMAP (LBPU 1), but VPD page B0h allows it no block");
  if (mode.software_write_protect == true && mode.write_protected == false)
    result.emplace_back(
        "the control page says write protected (SWP 1), but the header of MODE SENSE does not");
  return result;
}

std::string device_type_name(std::uint8_t type) {
  switch (type) {
    case 0x00:
      return "disk";
    case 0x01:
      return "tape";
    case 0x03:
      return "processor";
    case 0x05:
      return "CD or DVD";
    case 0x08:
      return "medium changer";
    case 0x0C:
      return "array controller";
    case 0x0D:
      return "enclosure";
    case 0x0E:
      return "simple disk";
    case 0x1E:
      return "well-known logical unit";
    case 0x1F:
      return "no device";
    default:
      return fmt::format("device of type {:02X}h", type);
  }
}

}  // namespace san::iscsi
