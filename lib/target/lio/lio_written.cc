// SPDX-License-Identifier: Apache-2.0
// saved_access() and saved_with() of lio_saveconfig.h
#include <algorithm>
#include <nlohmann/json.hpp>

#include "target/lio/json_list.h"
#include "target/lio/lio_saveconfig.h"

namespace san::target {

namespace {

std::string text_in(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void add_account(const Json& entry, const char* user, const char* secret,
                 std::vector<ChapAccount>& accounts) {
  ChapAccount account = {text_in(entry, user), text_in(entry, secret)};
  if (account.user.empty() || std::find(accounts.begin(), accounts.end(), account) != accounts.end()) return;
  accounts.push_back(std::move(account));
}

void add_accounts(const Json& entry, AccessRule& access) {
  add_account(entry, "chap_userid", "chap_password", access.incoming);
  add_account(entry, "chap_mutual_userid", "chap_mutual_password", access.outgoing);
}

}  // namespace

std::optional<AccessRule> saved_access(const Json& config, const std::string& target) {
  for (const Json& entry : list_in(config, "targets")) {
    if (text_in(entry, "wwn") != target) continue;
    AccessRule access;
    for (const Json& group : list_in(entry, "tpgs")) {
      for (const Json& rule : list_in(group, "node_acls")) {
        access.initiators.push_back(text_in(rule, "node_wwn"));
        add_accounts(rule, access);
      }
      const auto attributes = group.find("attributes");
      const bool open = attributes != group.end() && attributes->is_object() &&
                        attributes->value("generate_node_acls", Json()) == Json(1);
      if (!open) continue;
      access.initiators.emplace_back("ALL");
      add_accounts(group, access);
    }
    return access;
  }
  return std::nullopt;
}

std::string saved_with(const Json& config, const std::string& volume) {
  for (const Json& object : list_in(config, "storage_objects")) {
    if (text_in(object, "dev") != volume) continue;
    const std::string object_path =
        "/backstores/" + text_in(object, "plugin") + "/" + text_in(object, "name");
    for (const Json& target : list_in(config, "targets"))
      for (const Json& group : list_in(target, "tpgs"))
        for (const Json& lun : list_in(group, "luns"))
          if (text_in(lun, "storage_object") == object_path) return text_in(target, "wwn");
  }
  return {};
}

}  // namespace san::target
