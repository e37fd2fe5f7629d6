// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_tree.h"

#include <fmt/core.h>

#include <algorithm>
#include <span>

#include "target/lio/lio_text.h"

namespace san::target {

namespace {

std::string link_in(const Configfs& configfs, const std::string& directory) {
  const auto links = configfs.links(directory);
  return links.empty() ? std::string() : links.front();
}

/// Reads the accounts of a rule, or those for initiators without one, with the secrets.
AccessRule read_accounts(const Configfs& configfs, const std::string& auth) {
  AccessRule found;
  const auto add = [&](std::vector<ChapAccount>& accounts, const char* user, const char* secret) {
    ChapAccount account{account_value(configfs, auth + user), account_value(configfs, auth + secret)};
    if (!account.user.empty()) accounts.push_back(std::move(account));
  };
  add(found.incoming, "/userid", "/password");
  add(found.outgoing, "/userid_mutual", "/password_mutual");
  return found;
}

/// Adds the accounts that are missing.
void merge(std::vector<ChapAccount>& accounts, const std::vector<ChapAccount>& more) {
  for (const ChapAccount& one : more)
    if (std::find(accounts.begin(), accounts.end(), one) == accounts.end()) accounts.push_back(one);
}

bool is_open(const Configfs& configfs, const std::string& group) {
  return configfs.read_or(group + "/attrib/generate_node_acls", "") == "1";
}

/// Returns the accounts of a group's rules, one element per rule.
std::vector<AccessRule> all_accounts(const Configfs& configfs, const std::string& group,
                                     std::vector<std::string>& initiators) {
  std::vector<AccessRule> found;
  if (is_open(configfs, group)) {
    initiators.emplace_back("ALL");
    found.push_back(read_accounts(configfs, group + "/auth"));
  }
  for (const std::string& initiator : configfs.directories(group + "/acls")) {
    initiators.push_back(initiator);
    found.push_back(read_accounts(configfs, rule_path(group, initiator) + "/auth"));
  }
  // Without authentication no account is used.
  if (configfs.read_or(group + "/attrib/authentication", "") == "0") found.clear();
  return found;
}

std::vector<TargetSession> read_sessions(const Configfs& configfs, const std::string& target) {
  std::vector<TargetSession> sessions;
  const std::string group = group_path(target);
  const std::string dynamic = configfs.read_or(group + "/dynamic_sessions", "");
  for (std::string& name : parse_dynamic_sessions(std::as_bytes(std::span(dynamic))))
    sessions.push_back({std::move(name), {}});
  for (const std::string& initiator : configfs.directories(group + "/acls")) {
    const std::string info = configfs.read_or(rule_path(group, initiator) + "/info", "");
    if (auto session = parse_session_info(std::as_bytes(std::span(info)))) sessions.push_back(*session);
  }
  // A rule shows only its newest session. A session that no attribute shows still counts.
  const std::string count =
      configfs.read_or(target_path(target) + "/fabric_statistics/iscsi_instance/sessions", "");
  if (sessions.empty() && whole_number(count).value_or(0) > 0) sessions.emplace_back();
  return sessions;
}

/// Returns true if the LUN is mapped to at least one initiator and all mappings are write-protected.
bool write_protected(const Configfs& configfs, const std::string& group, const LioLun& lun) {
  const std::string resolved = configfs.resolve(lun.path);
  bool found = false;
  for (const std::string& initiator : configfs.directories(group + "/acls"))
    for (const MappedLun& mapped : mapped_luns(configfs, rule_path(group, initiator))) {
      if (mapped.lun_path != resolved) continue;
      if (configfs.read_or(mapped.path + "/write_protect", "") != "1") return false;
      found = true;
    }
  return found;
}

}  // namespace

std::string target_path(std::string_view target) {
  return std::string(kIscsi) + "/" + std::string(target);
}

std::string group_path(std::string_view target) {
  return target_path(target) + "/tpgt_1";
}

std::string rule_path(std::string_view group, std::string_view initiator) {
  return fmt::format("{}/acls/{}", group, initiator);
}

std::string account_value(const Configfs& configfs, const std::string& path) {
  std::string value = configfs.read_or(path, "");
  if (value.starts_with("NULL")) value.clear();
  return value;
}

std::vector<LioLun> luns_of(const Configfs& configfs, const std::string& group) {
  std::vector<LioLun> luns;
  for (const std::string& name : configfs.directories(group + "/lun")) {
    const auto number = number_behind("lun_", name);
    if (!number) continue;
    LioLun lun;
    lun.lun = static_cast<std::uint16_t>(*number);
    lun.path = below(group + "/lun", name);
    lun.link = link_in(configfs, lun.path);
    if (!lun.link.empty())
      lun.backstore = backstore_at(configfs, configfs.resolve(lun.path + "/" + lun.link));
    luns.push_back(std::move(lun));
  }
  std::sort(luns.begin(), luns.end(), [](const LioLun& a, const LioLun& b) { return a.lun < b.lun; });
  return luns;
}

std::vector<MappedLun> mapped_luns(const Configfs& configfs, const std::string& rule) {
  std::vector<MappedLun> luns;
  for (const std::string& name : configfs.directories(rule)) {
    const auto number = number_behind("lun_", name);
    if (!number) continue;
    MappedLun lun;
    lun.index = *number;
    lun.path = below(rule, name);
    lun.link = link_in(configfs, lun.path);
    if (!lun.link.empty()) lun.lun_path = configfs.resolve(lun.path + "/" + lun.link);
    luns.push_back(std::move(lun));
  }
  std::sort(luns.begin(), luns.end(),
            [](const MappedLun& a, const MappedLun& b) { return a.index < b.index; });
  return luns;
}

std::vector<std::string> target_names(const Configfs& configfs) {
  std::vector<std::string> names = configfs.directories(kIscsi);
  // discovery_auth is in the same directory. iSCSI names begin with their type: RFC 7143, 4.2.7.2.
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with("iqn.") && !name.starts_with("eui.") && !name.starts_with("naa.");
  });
  return names;
}

std::optional<AccessRule> read_access(const Configfs& configfs, const std::string& group) {
  std::vector<std::string> initiators;
  const auto accounts = all_accounts(configfs, group, initiators);
  AccessRule access = accounts.empty() ? AccessRule{} : accounts.front();
  if (std::any_of(accounts.begin(), accounts.end(), [&](const AccessRule& one) { return one != access; }))
    return std::nullopt;
  access.initiators = std::move(initiators);
  return access;
}

TargetState read_target(const Configfs& configfs, const std::string& target) {
  TargetState state;
  state.name = target;
  const std::string group = group_path(target);
  for (const LioLun& lun : luns_of(configfs, group)) {
    if (!lun.backstore) continue;
    AttachedLun attached = volume_of(configfs, *lun.backstore);
    attached.lun = lun.lun;
    attached.volume.read_only =
        attached.volume.read_only || lun.read_only() || write_protected(configfs, group, lun);
    state.luns.push_back(std::move(attached));
  }
  for (const AccessRule& accounts : all_accounts(configfs, group, state.access.initiators)) {
    merge(state.access.incoming, accounts.incoming);
    merge(state.access.outgoing, accounts.outgoing);
  }
  for (auto* accounts : {&state.access.incoming, &state.access.outgoing})
    for (ChapAccount& account : *accounts) account.secret.clear();
  for (const std::string& name : configfs.settings(group + "/param"))
    state.parameters[name] = configfs.read_or(below(group + "/param", name), "");
  const std::string depth = configfs.read_or(group + "/attrib/default_cmdsn_depth", "");
  if (!depth.empty()) state.parameters["MaxQueueCmd"] = depth;
  state.sessions = read_sessions(configfs, target);
  return state;
}

}  // namespace san::target
