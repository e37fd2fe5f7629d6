// SPDX-License-Identifier: Apache-2.0
// The access rules of tgt: initiators' names and addresses, and CHAP accounts, which all targets share.
#include <fmt/core.h>

#include <algorithm>

#include "core/error.h"
#include "core/text/table.h"
#include "target/tgt/tgt_accounts.h"
#include "target/tgt/tgt_conf.h"
#include "target/tgt/tgt_driver.h"

namespace san::target {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_name(const std::string& rule) {
  return rule.starts_with("iqn.") || rule.starts_with("eui.") || rule.starts_with("naa.");
}

std::vector<std::string> users(const std::vector<ChapAccount>& accounts) {
  std::vector<std::string> names;
  names.reserve(accounts.size());
  for (const ChapAccount& account : accounts) names.push_back(account.user);
  return names;
}

void check_rules(const AccessRule& access) {
  for (const std::string& rule : access.initiators) check_tgt_word(rule, "initiator " + printable(rule));
  for (const auto* list : {&access.incoming, &access.outgoing})
    for (const ChapAccount& account : *list) {
      check_tgt_word(account.user, "CHAP user " + printable(account.user));
      check_tgt_word(account.secret, fmt::format("the secret of CHAP user {}", account.user));
    }
}

}  // namespace

void TgtDriver::bind_rule(const TgtTarget& target, const std::string& rule, bool bind) const {
  tgtadm_.run(fmt::format("{}, initiator {}", target.name, rule),
              {"--op", bind ? "bind" : "unbind", "--mode", "target", "--tid", std::to_string(target.tid),
               is_name(rule) ? "-Q" : "-I", rule});
}

void TgtDriver::bind_account(const TgtTarget& target, const std::string& user, bool outgoing,
                             bool bind) const {
  std::vector<std::string> arguments = {"--op",  bind ? "bind" : "unbind",   "--mode", "account",
                                        "--tid", std::to_string(target.tid), "--user", user};
  if (outgoing) arguments.emplace_back("--outgoing");
  tgtadm_.run(fmt::format("{}, CHAP user {}", target.name, user), arguments);
}

std::vector<std::string> TgtDriver::accounts() const {
  const std::string listed = tgtadm_.run("tgt", {"--op", "show", "--mode", "account"});
  return parse_tgt_accounts(std::as_bytes(std::span(listed)));
}

void TgtDriver::drop_unused_accounts(const std::vector<std::string>& names) const {
  const auto all = targets();
  std::vector<std::string> there = accounts();
  for (const std::string& user : names)
    if (std::erase(there, user) > 0 && std::none_of(all.begin(), all.end(), [&user](const TgtTarget& target) {
          return contains(target.incoming, user) || contains(target.outgoing, user);
        }))
      tgtadm_.run(fmt::format("CHAP user {}", user), {"--op", "delete", "--mode", "account", "--user", user});
}

void TgtDriver::drop_accounts(const std::vector<std::string>& users) {
  drop_unused_accounts(users);
}

/// Unbinds all incoming accounts, and all rules before them: without an account the target would admit
/// initiators without CHAP. tgtd 1.0.85 crashes with a segmentation fault if an account is unbound, or
/// deleted, that was bound before another one that stays: so the last goes first.
void TgtDriver::unbind_incoming(const TgtTarget& target) const {
  for (const std::string& rule : target.acl) bind_rule(target, rule, false);
  for (auto user = target.incoming.rbegin(); user != target.incoming.rend(); ++user)
    bind_account(target, *user, false, false);
}

/// Makes sure that tgt has the account with this secret. tgt does not show secrets, so they are read from
/// conf.d.
void TgtDriver::make_account(const TgtTarget& target, const ChapAccount& account,
                             const std::vector<TgtTarget>& all) {
  if (contains(accounts(), account.user)) {
    const auto known = secrets();
    const auto secret = known.find(account.user);
    if (secret != known.end() && secret->second == account.secret) return;
    for (const TgtTarget& other : all)
      if (other.name != target.name &&
          (contains(other.incoming, account.user) || contains(other.outgoing, account.user)))
        throw Error(Exit::refused, fmt::format("CHAP user {}", account.user),
                    fmt::format("tgt has this user with another secret, for {}", printable(other.name)),
                    "choose another user, or put that secret into the file");
    unbind_incoming(find(target.name));
    tgtadm_.run(fmt::format("CHAP user {}", account.user),
                {"--op", "delete", "--mode", "account", "--user", account.user});
  }
  create_tgt_account(control_port_, account);
}

void TgtDriver::set_accounts(const TgtTarget& target, const AccessRule& access) {
  const auto all = targets();
  for (const auto* list : {&access.incoming, &access.outgoing})
    for (const ChapAccount& account : *list) make_account(target, account, all);
  bind_accounts(target, access);
  std::vector<std::string> old = target.incoming;
  old.insert(old.end(), target.outgoing.begin(), target.outgoing.end());
  drop_unused_accounts(old);
}

void TgtDriver::bind_accounts(const TgtTarget& target, const AccessRule& access) const {
  const TgtTarget before = find(target.name);
  // tgt takes one outgoing account; the old one goes first.
  for (const std::string& user : before.outgoing)
    if (!contains(users(access.outgoing), user)) bind_account(target, user, true, false);
  for (const ChapAccount& account : access.outgoing)
    if (!contains(before.outgoing, account.user)) bind_account(target, account.user, true, true);
  const std::vector<std::string> wanted = users(access.incoming);
  std::vector<std::string> bound = before.incoming;
  if (std::any_of(bound.begin(), bound.end(),
                  [&](const std::string& user) { return !contains(wanted, user); })) {
    unbind_incoming(before);
    bound.clear();
  }
  for (const std::string& user : wanted)
    if (!contains(bound, user)) bind_account(target, user, false, true);
}

void TgtDriver::allow(const std::string& name, const AccessRule& access) {
  check_rules(access);
  const TgtTarget target = find(name);
  std::vector<std::string> rules = access.initiators;
  if (std::all_of(rules.begin(), rules.end(), is_name)) rules.emplace_back(kNoAddress);
  for (const std::string& rule : target.acl)
    if (!contains(rules, rule)) bind_rule(target, rule, false);
  try {
    set_accounts(target, access);
  } catch (const Error&) {
    drop_unused_accounts(users(access.incoming));
    drop_unused_accounts(users(access.outgoing));
    throw;
  }
  const TgtTarget now = find(name);
  for (const std::string& rule : rules)
    if (!contains(now.acl, rule)) bind_rule(target, rule, true);
}

}  // namespace san::target
