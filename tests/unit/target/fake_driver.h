// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "target/driver/driver.h"
#include "target/pool/volume_size.h"

namespace san::target {

/// A target in memory whose n-th order fails, if that is wanted.
class FakeDriver final : public Driver {
 public:
  std::vector<TargetState> states;
  std::map<std::string, AccessRule> rules, written_rules;  ///< by target
  std::vector<std::string> orders;                         ///< changes that were ordered, a word each
  int fail_at = -1;                                        ///< number of the order that fails; from 0
  bool secrets_known = true;

  std::string_view name() const override { return "fake"; }
  void require() override {}
  std::vector<TargetState> list() override {
    for (TargetState& state : states)
      for (AttachedLun& lun : state.luns) lun.size = volume_size(lun.volume.path).bytes;
    return states;
  }
  std::vector<iscsi::Portal> portals() override { return {{"192.0.2.1", 3260}}; }
  std::optional<AccessRule> access(const std::string& target) override {
    if (!secrets_known) return std::nullopt;
    return rules[target];
  }
  std::optional<AccessRule> written(const std::string& target) override {
    const auto found = written_rules.find(target);
    return found == written_rules.end() ? std::nullopt : std::optional(found->second);
  }
  std::string written_with(const std::string& /*volume*/) override { return {}; }
  void drop_accounts(const std::vector<std::string>& /*users*/) override {}
  void create_target(const std::string& target) override {
    order("create");
    TargetState state;
    state.name = target;
    states.push_back(state);
  }
  void delete_target(const std::string& target) override {
    order("delete");
    find(target);
    std::erase_if(states, [&target](const TargetState& state) { return state.name == target; });
    rules.erase(target);
  }
  void attach(const std::string& target, std::uint16_t lun, const TargetVolume& volume) override {
    order("attach");
    find(target).luns.push_back({lun, 0, volume});
  }
  void detach(const std::string& target, std::uint16_t lun) override {
    order("detach");
    std::erase_if(find(target).luns, [lun](const AttachedLun& other) { return other.lun == lun; });
  }
  void allow(const std::string& target, const AccessRule& access) override {
    order("allow");
    rules[target] = access;
    AccessRule shown = access;
    for (auto* list : {&shown.incoming, &shown.outgoing})
      for (ChapAccount& account : *list) account.secret.clear();
    find(target).access = shown;
  }
  void tune(const std::string& target, const std::map<std::string, std::string>& parameters) override {
    order("tune");
    for (const auto& [key, value] : parameters) find(target).parameters[key] = value;
  }
  bool persist(const std::string& target, const AccessRule& access) override {
    order("persist");
    const bool there = std::any_of(states.begin(), states.end(),
                                   [&target](const TargetState& state) { return state.name == target; });
    if (!there) return written_rules.erase(target) > 0;
    const auto old = written_rules.find(target);
    const bool same = old != written_rules.end() && old->second == access;
    written_rules[target] = access;
    return !same;
  }

  TargetState& find(const std::string& target) {
    for (TargetState& state : states)
      if (state.name == target) return state;
    throw Error(Exit::failed, target, "no such target");
  }

 private:
  void order(const std::string& word) {
    const bool fails = static_cast<int>(orders.size()) == fail_at;
    orders.push_back(word);
    if (fails) throw Error(Exit::failed, word, "fails as it was told to");
  }
};

}  // namespace san::target
