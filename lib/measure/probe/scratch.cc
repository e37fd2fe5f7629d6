// SPDX-License-Identifier: Apache-2.0
#include "measure/probe/scratch.h"

#include <fmt/core.h>

#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "filesystem/disk_table.h"
#include "filesystem/probe.h"

namespace san::measure {
namespace {

/// Returns the content of the device in words; empty if nothing is recognised.
std::string content(ReadableDevice& device) {
  const partition::PartitionTable table = filesystem::read_disk_table(device);
  if (table.kind != partition::TableKind::none)
    return fmt::format("holds a partition table ({}) with {} partition{}", to_string(table.kind),
                       table.partitions.size(), table.partitions.size() == 1 ? "" : "s");
  const filesystem::Probe whole = filesystem::probe(device, 0, device.size());
  if (whole.kind != filesystem::Probe::Kind::none)
    return fmt::format("holds {}{}", printable(whole.type),
                       whole.label.empty() ? "" : fmt::format(" (\"{}\")", printable(whole.label)));
  if (!table.content.empty()) return "holds " + printable(table.content);
  return {};
}

}  // namespace

void check_scratch(ReadableDevice& device, const copy::Overrides& overrides) {
  if (device.write_protected())
    throw Error(Exit::refused, device.name(), "is write protected", "lift the protection on the target");
  const std::string found = content(device);
  if (found.empty()) return;
  if (!overrides.unknown_content)
    throw Error(Exit::refused, device.name(), found + ", which would be destroyed",
                Hint(HintId::force_unknown_content, "take an empty LUN"));
  log::warning("{}: {}; going on because of {}", device.name(), found, setting("force", "unknown-content"));
}

}  // namespace san::measure
