// SPDX-License-Identifier: Apache-2.0
// dump_target() of lio_saveconfig.h
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "target/lio/lio_saveconfig.h"
#include "target/lio/lio_text.h"
#include "target/lio/lio_tree.h"

namespace san::target {

namespace {

/// Returns a number if the text looks like one, as rtslib-fb writes attributes; parameters are always
/// strings.
Json number_or_text(const std::string& value) {
  const bool negative = value.starts_with('-');
  const auto number = whole_number(negative ? value.substr(1) : value);
  if (number && fmt::format("{}{}", negative ? "-" : "", *number) == value && *number <= INT64_MAX)
    return negative ? -static_cast<std::int64_t>(*number) : static_cast<std::int64_t>(*number);
  return value;
}

Json attributes(const Configfs& configfs, const std::string& directory) {
  Json found = Json::object();
  for (const std::string& name : configfs.settings(directory)) {
    const std::string path = below(directory, name);
    const std::string value = configfs.read_or(path, "");
    if (!value.empty()) found[name] = number_or_text(value);
  }
  return found;
}

Json parameters(const Configfs& configfs, const std::string& directory) {
  Json found = Json::object();
  for (const std::string& name : configfs.settings(directory))
    found[name] = configfs.read_or(below(directory, name), "");
  return found;
}

/// Returns rtslib-fb's name for a kind of backstore.
std::string plugin(const Backstore& backstore) {
  return backstore.kind == "iblock" ? "block" : backstore.kind;
}

std::string serial_of(const Configfs& configfs, const Backstore& backstore) {
  // "T10 VPD Unit Serial Number: 5f0c2a77-…"
  const std::string text = configfs.read_or(backstore.path + "/wwn/vpd_unit_serial", "");
  const std::size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

Json storage_object(const Configfs& configfs, const Backstore& backstore) {
  const AttachedLun lun = volume_of(configfs, backstore);
  Json object = {{"attributes", attributes(configfs, backstore.path + "/attrib")},
                 {"dev", lun.volume.path},
                 {"name", backstore.name},
                 {"plugin", plugin(backstore)}};
  if (backstore.kind == "fileio")
    object["size"] = lun.size;
  else
    object["readonly"] = lun.volume.read_only;
  object["write_back"] = configfs.read_or(backstore.path + "/attrib/emulate_write_cache", "0") == "1";
  object["wwn"] = serial_of(configfs, backstore);
  return object;
}

void add_account(const Configfs& configfs, const std::string& auth, Json& entry) {
  static constexpr const char* kNames[][2] = {{"chap_userid", "userid"},
                                              {"chap_password", "password"},
                                              {"chap_mutual_userid", "userid_mutual"},
                                              {"chap_mutual_password", "password_mutual"}};
  for (const auto& [key, attribute] : kNames) {
    const std::string value = account_value(configfs, auth + "/" + attribute);
    if (!value.empty()) entry[key] = value;
  }
}

Json rule(const Configfs& configfs, const std::string& path, const std::string& initiator,
          const std::vector<LioLun>& luns) {
  Json mapped = Json::array();
  for (const MappedLun& one : mapped_luns(configfs, path))
    for (const LioLun& lun : luns) {
      if (configfs.resolve(lun.path) != one.lun_path) continue;
      mapped.push_back({{"alias", one.link},
                        {"index", one.index},
                        {"tpg_lun", lun.lun},
                        {"write_protect", configfs.read_or(one.path + "/write_protect", "0") == "1"}});
    }
  Json entry = {{"attributes", attributes(configfs, path + "/attrib")},
                {"mapped_luns", std::move(mapped)},
                {"node_wwn", initiator}};
  add_account(configfs, path + "/auth", entry);
  return entry;
}

/// Returns the entry of a portal whose directory is named "192.0.2.1:3260" or "[2001:db8::1]:3260".
Json portal(const Configfs& configfs, const std::string& path, const std::string& name) {
  const std::size_t colon = name.rfind(':');
  return {{"ip_address", name.substr(0, colon)},
          {"iser", configfs.read_or(path + "/iser", "0") == "1"},
          {"offload", configfs.read_or(path + "/cxgbit", "0") == "1"},
          {"port", whole_number(name.substr(colon + 1)).value_or(iscsi::kDefaultPort)}};
}

Json portal_group(const Configfs& configfs, const std::string& group, std::uint32_t tag,
                  std::vector<Backstore>& used) {
  Json entry = {{"attributes", attributes(configfs, group + "/attrib")},
                {"enable", configfs.read_or(group + "/enable", "1") == "1"},
                {"luns", Json::array()},
                {"node_acls", Json::array()},
                {"parameters", parameters(configfs, group + "/param")},
                {"portals", Json::array()},
                {"tag", tag}};
  const auto luns = luns_of(configfs, group);
  for (const LioLun& lun : luns) {
    if (!lun.backstore) continue;
    entry["luns"].push_back(
        {{"alias", lun.link},
         {"index", lun.lun},
         {"storage_object", fmt::format("/backstores/{}/{}", plugin(*lun.backstore), lun.backstore->name)}});
    used.push_back(*lun.backstore);
  }
  for (const std::string& initiator : configfs.directories(group + "/acls"))
    entry["node_acls"].push_back(rule(configfs, rule_path(group, initiator), initiator, luns));
  for (const std::string& name : configfs.directories(group + "/np"))
    if (name.find(':') != std::string::npos)
      entry["portals"].push_back(portal(configfs, below(group + "/np", name), name));
  add_account(configfs, group + "/auth", entry);
  return entry;
}

}  // namespace

Json dump_target(const Configfs& configfs, const std::string& target) {
  const std::string path = target_path(target);
  if (!configfs.is_directory(path)) return nullptr;
  Json groups = Json::array();
  std::vector<Backstore> used;
  for (const std::string& name : configfs.directories(path))
    if (const auto tag = number_behind("tpgt_", name))
      groups.push_back(portal_group(configfs, below(path, name), *tag, used));
  Json objects = Json::array();
  for (const Backstore& backstore : used) {
    Json object = storage_object(configfs, backstore);
    bool twice = false;
    for (const Json& other : objects) twice = twice || other == object;
    if (!twice) objects.push_back(std::move(object));
  }
  Json entry = {{"fabric", kIscsi}, {"tpgs", std::move(groups)}, {"wwn", target}};
  return {{"storage_objects", std::move(objects)}, {"targets", Json::array({std::move(entry)})}};
}

}  // namespace san::target
