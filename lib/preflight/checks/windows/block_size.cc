// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

Outcome judge_block_size(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
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

}  // namespace

constexpr Check kWin14{
    .id = "WIN-14",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "this Windows does not boot from blocks of that size",
    .good = "this Windows boots from blocks of this size",
    .about = "Logical block size of the disk: 512 bytes, or 4096 by UEFI since Windows 8 and Server 2012.",
    .evaluate = judge_block_size};

}  // namespace san::preflight
