// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_table.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "partition/lba.h"

namespace san::partition {

const char* to_string(TableKind kind) {
  switch (kind) {
    case TableKind::none:
      return "none";
    case TableKind::mbr:
      return "mbr";
    case TableKind::gpt:
      return "gpt";
    case TableKind::hybrid:
      return "hybrid";
  }
  return "";
}

const char* to_string(PrimaryState state) {
  switch (state) {
    case PrimaryState::not_applicable:
      return "not-applicable";
    case PrimaryState::good:
      return "good";
    case PrimaryState::damaged:
      return "damaged";
    case PrimaryState::missing:
      return "missing";
  }
  return "";
}

const char* to_string(BackupState state) {
  switch (state) {
    case BackupState::not_applicable:
      return "not-applicable";
    case BackupState::good:
      return "good";
    case BackupState::not_at_end:
      return "not-at-end";
    case BackupState::missing:
      return "missing";
    case BackupState::damaged:
      return "damaged";
    case BackupState::differs:
      return "differs";
  }
  return "";
}

const char* to_string(ProtectiveState state) {
  switch (state) {
    case ProtectiveState::not_applicable:
      return "not-applicable";
    case ProtectiveState::good:
      return "good";
    case ProtectiveState::wrong_size:
      return "wrong-size";
    case ProtectiveState::hybrid:
      return "hybrid";
    case ProtectiveState::missing:
      return "missing";
  }
  return "";
}

bool has_gpt(const PartitionTable& table) {
  return table.kind == TableKind::gpt || table.kind == TableKind::hybrid;
}

bool lives_by_backup(const PartitionTable& table) {
  return has_gpt(table) && !table.raw.primary.good() && table.raw.backup.good();
}

bool PartitionTable::has_errors() const {
  return san::has_errors(problems);
}

std::uint64_t PartitionTable::loose_end() const {
  return raw.loose ? std::min(raw.loose->end, device_size) : 0;
}

std::uint64_t needed_size(const PartitionTable& table) {
  if (table.kind == TableKind::none) return table.device_size;
  if (table.kind == TableKind::mbr)
    return std::max({table.end, table.loose_end(), std::uint64_t{table.sector_size}});
  const GptCopy& copy = table.raw.primary.good() ? table.raw.primary : table.raw.backup;
  if (!copy.header_good()) return table.device_size;
  const std::uint64_t backup_blocks = divide_up(copy.header.entries_bytes(), table.sector_size) + 1;
  // The backup may lie in the padding of an ISO 9660 volume.
  return std::max(saturating_add(std::max(table.end, table.usable_begin), backup_blocks * table.sector_size),
                  table.loose_end());
}

Table to_table(const PartitionTable& table) {
  using Align = Table::Align;
  Table out({{"number", "Number", Align::right},
             {"start", "Start", Align::right},
             {"size", "Size", Align::right},
             {"type", "Type"},
             {"name", "Name"},
             {"uuid", "UUID"}});
  const auto known = [](const std::string& text) { return text.empty() ? Cell() : Cell(text); };
  for (const Partition& p : table.partitions)
    out.add({std::uint64_t{p.number}, Bytes{p.offset}, Bytes{p.length},
             p.type_name.empty() ? p.type_id : p.type_name, known(p.name), known(p.uuid)});
  return out;
}

Json to_json(const PartitionTable& table) {
  const auto known = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  Json out = Json::object();
  out["kind"] = to_string(table.kind);
  out["sector_size"] = table.sector_size;
  out["device_block"] = table.device_block;
  out["device_size"] = table.device_size;
  out["disk_id"] = known(table.disk_id);
  out["primary"] = to_string(table.primary);
  out["backup"] = to_string(table.backup);
  out["protective"] = to_string(table.protective);
  out["usable_start"] = table.usable_begin;
  out["usable_end"] = table.usable_end;
  out["end"] = table.end;
  out["needed_size"] = needed_size(table);
  out["content"] = known(table.content);
  out["problems"] = Json::array();
  for (const Diagnostic& p : table.problems)
    out["problems"].push_back({{"severity", severity_name(p.severity)}, {"text", p.text}});
  out["partitions"] = Json::array();
  for (const Partition& p : table.partitions)
    out["partitions"].push_back({{"number", p.number},
                                 {"start", p.offset},
                                 {"size", p.length},
                                 {"type", known(p.type_name)},
                                 {"type_id", p.type_id},
                                 {"uuid", known(p.uuid)},
                                 {"name", p.name},
                                 {"attributes", p.attributes},
                                 {"active", p.active},
                                 {"extended", p.extended}});
  return out;
}

}  // namespace san::partition
