// SPDX-License-Identifier: Apache-2.0
// WIN-10, WIN-14: what of the disk itself matters to Windows.
#include <fmt/core.h>

#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {

Outcome judge_disk_signature(const WindowsView& view) {
  if (view.source == nullptr)
    return unknown("the disk it was cloned from was not looked at", "give --source DEVICE");
  const std::string& own = view.content.table.disk_id;
  const std::string& other = view.source->table.disk_id;
  if (own.empty() || other.empty()) return pass({{"partition table", "no identifier on one of the two", {}}});
  if (own != other) return pass({{"partition table", own + " here, " + other + " on the source", {}}});
  return fail(
      {{"partition table", own + " here and on the source", "identifiers that differ, or one disk attached"}},
      "Never attach both at once to a running Windows: it takes one of them offline or gives it a new "
      "identifier, and then the boot entry does not match. Detach the source disk before the first boot from "
      "the LUN.");
}

Outcome judge_block_size(const WindowsView& view) {
  const std::uint32_t block = view.content.logical_block;
  const Evidence seen{"logical block size", fmt::format("{} bytes", block), block == 512 ? "" : "512 bytes"};
  if (block == 512) return pass({seen});
  const std::string remedy =
      "Make the LUN with 512-byte blocks (a 4K disk that emulates them is all right), and clone again.";
  if (block != 4096) return fail({seen}, remedy);
  if (view.firmware == boot::Firmware::bios)
    return not_applicable("a BIOS boots from no disk with 4096-byte blocks: see IPXE-06");
  const auto later = view.system.is_windows8_or_later();
  if (!later) return unknown("the build of this Windows is not known", "a SOFTWARE hive that can be read");
  if (!*later)
    return fail({seen},
                "Windows boots from 4096-byte blocks since Windows 8 and Server 2012 only. " + remedy);
  return pass({seen});
}

}  // namespace san::preflight
