// SPDX-License-Identifier: Apache-2.0
#include "copy/clone_checks.h"

#include <fmt/core.h>

#include "core/process/log.h"
#include "core/units.h"

namespace san::copy {
namespace {

std::optional<Error> size_objection(const ReadableDevice* source, const partition::PartitionTable* table,
                                    const ReadableDevice& destination, std::uint64_t size) {
  const std::string of = source != nullptr ? source->name() : "standard input";
  const std::uint64_t block = destination.limits().logical_block;
  if (destination.size() < size && !destination.resizable()) {
    std::string hint = "create a larger volume";
    if (table != nullptr && table->kind != partition::TableKind::none &&
        needed_size(*table) <= destination.size())
      hint += fmt::format(
          "; its partitions end at {}, so a copy of the image cut to the LUN's size would hold them all",
          format_size_exact(table->end));
    else if (table != nullptr && table->kind != partition::TableKind::none)
      hint += ", or shrink the last partition first";
    return Error(
        Exit::refused, destination.name(),
        fmt::format("holds {} ({} bytes), the source {} {} ({} bytes)", format_size(destination.size()),
                    destination.size(), of, format_size(size), size),
        hint);
  }
  if (destination.has_blocks() && size % block != 0)
    return Error(Exit::refused, destination.name(),
                 fmt::format("has blocks of {} bytes, and the {} bytes of {} are not a multiple of that",
                             block, size, of),
                 fmt::format("create a volume with blocks of 512 bytes, or extend the source to {} bytes",
                             round_up(size, block)));
  return std::nullopt;
}

}  // namespace

Overrides parse_overrides(const std::string& text) {
  Overrides result;
  for (std::string rest = text; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    const std::string reason = rest.substr(0, comma);
    rest.erase(0, comma + 1);
    if (reason == "live")
      result.live = true;
    else if (reason == "in-use")
      result.in_use = true;
    else if (reason == "block-size")
      result.block_size = true;
    else if (reason == "unknown-content")
      result.unknown_content = true;
    else if (reason == "cut-source")
      result.cut_source = true;
    else
      throw Error(Exit::usage, setting("force"),
                  fmt::format("\"{}\" is not a reason that can be overridden", reason),
                  "reasons are live, in-use, block-size, unknown-content and cut-source");
  }
  return result;
}

CloneObjections clone_objections(ReadableDevice* source, const partition::PartitionTable* table,
                                 ReadableDevice& destination, std::optional<std::uint64_t> size,
                                 const Overrides& overrides) {
  CloneObjections found;
  std::vector<Error>& objections = found.refusals;
  const std::string source_id = source != nullptr ? source->identity().id : std::string();
  if (!source_id.empty() && source_id == destination.identity().id)
    objections.emplace_back(Exit::refused, destination.name(),
                            fmt::format("is the source {} itself", source->name()));
  if (destination.write_protected())
    objections.emplace_back(Exit::refused, destination.name(), "is write protected",
                            "lift the protection on the target");
  if (size)
    if (auto objection = size_objection(source, table, destination, *size))
      objections.push_back(std::move(*objection));

  const std::uint32_t block = destination.limits().logical_block;
  if (table == nullptr || !destination.has_blocks()) return found;
  const std::uint32_t counted =
      table->kind != partition::TableKind::none ? table->sector_size : table->device_block;
  // A file system without a table in a file does not show a block size: files are given 512 as a default.
  if (counted == block || (table->kind == partition::TableKind::none && counted == kImageBlock)) return found;
  const std::string cause =
      fmt::format("has blocks of {} bytes, and {} of {} counts in blocks of {} bytes", block,
                  table->kind == partition::TableKind::none ? "the content" : "the partition table",
                  source != nullptr ? source->name() : "the source", counted);
  if (overrides.block_size)
    found.overridden.push_back({"block-size", destination.name(), cause});
  else
    objections.emplace_back(
        Exit::refused, destination.name(), cause,
        fmt::format("create a volume with blocks of {} bytes: nothing would find its partitions", counted));
  return found;
}

std::optional<Overridden> check_length(const std::string& name, const filesystem::NeededLength& length,
                                       const Overrides& overrides, const Hint& hint) {
  for (const std::string& doubt : length.doubts) log::warning("{}: {}", name, doubt);
  if (!length.cut_off()) return std::nullopt;
  if (!overrides.cut_source) throw Error(Exit::failed, name, filesystem::describe_cut(length), hint);
  return Overridden{"cut-source", name, filesystem::describe_cut(length)};
}

}  // namespace san::copy
