// SPDX-License-Identifier: Apache-2.0
#include "target/edit.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "iscsi/login/boot_secret.h"
#include "system/mount/in_use.h"
#include "target/pool/secret_file.h"
#include "target/pool/volume_size.h"
#include "target/resolve.h"
#include "target/undo.h"
#include "target/unfinished.h"

namespace san::target {
namespace {

/// Saves the target with its current rules.
void persist(Driver& driver, const std::string& target, Changes& report) {
  const auto access = driver.access(target);
  if (!access) {
    log::warning(
        "{}: not written down, since the secrets of its CHAP users are not known here: it is restored as it "
        "was before when {} is started again",
        printable(target), driver.name());
    return;
  }
  if (driver.persist(target, *access))
    report.done.push_back(fmt::format("written down: restored when {} is started again", driver.name()));
}

void check_volume(const TargetVolume& volume, const VolumeSize& there) {
  if (!there.exists)
    throw Error(Exit::usage, volume.path, "there is no such file or block device", "make it first");
  if (there.bytes == 0 || there.bytes % volume.block_size != 0)
    throw Error(Exit::usage, volume.path,
                fmt::format("has {} bytes, which are no whole blocks of {}", there.bytes, volume.block_size));
  struct stat status = {};
  if (stat(volume.path.c_str(), &status) != 0) return;
  const auto uses = there.block_device ? block_device_uses(status.st_rdev) : file_uses(status);
  if (!uses.empty()) throw Error(Exit::refused, volume.path, describe(uses), "free it first");
}

std::uint16_t free_lun(const TargetState& target) {
  std::uint16_t lun = 1;
  while (find_lun(target, lun) != nullptr) ++lun;
  return lun;
}

/// Returns the target. Throws if a verb other than `verb` was interrupted at it, because its saved
/// configuration would be incomplete, or if it cannot be saved.
TargetState require_whole(Driver& driver, const Pool& pool, const std::string& name,
                          const std::string& verb) {
  TargetState target = require_target(driver, pool, name);
  refuse_unfinished(pool, target.name, verb);
  driver.check_written(target.name);
  return target;
}

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Returns the target without the LUN of a killed attach(), which may be incomplete.
TargetState take_back_attach(Driver& driver, const Pool& pool, const std::string& name) {
  TargetState target = require_whole(driver, pool, name, "attach");
  const auto work = unfinished_work(pool, "", target.name);
  if (!work || !work->lun) return target;
  detach_if_there(driver, target.name, *work->lun, work->volume.path);
  forget(pool, *work);
  return require_target(driver, pool, target.name);
}

}  // namespace

Attached attach(Driver& driver, const Pool& pool, const std::string& name, std::optional<std::uint16_t> lun,
                const TargetVolume& wanted) {
  driver.require();
  const TargetState target = take_back_attach(driver, pool, name);
  TargetVolume volume = wanted;
  const VolumeSize there = volume_size(volume.path);
  volume.block_device = there.block_device;
  Attached result;
  result.target = target.name;
  if (const auto use = volume_use(driver.list(), volume.path)) {
    const bool same =
        use->target == target.name && use->lun.volume == volume && (!lun || *lun == use->lun.lun);
    if (!same)
      throw Error(Exit::refused, volume.path,
                  fmt::format("is LUN {} of {} already", use->lun.lun, printable(use->target)),
                  "two LUNs over one volume destroy each other's data");
    result.lun = use->lun.lun;
    persist(driver, target.name, result.report);
    return result;
  }
  result.lun = lun ? *lun : free_lun(target);
  if (const AttachedLun* other = find_lun(target, result.lun); other != nullptr)
    throw Error(Exit::refused, fmt::format("LUN {}", result.lun),
                fmt::format("is {}", printable(other->volume.path)), "choose another number");
  check_volume(volume, there);
  Journal journal(pool, {"attach", name, target.name, {}, false, false, result.lun, volume});
  Undo undo;
  undo.when_undone([&journal] { journal.close(); });
  undo.add([&] { detach_if_there(driver, target.name, result.lun, volume.path); });
  driver.attach(target.name, result.lun, volume);
  result.report.done.push_back(fmt::format("LUN {}: {}", result.lun, volume.path));
  persist(driver, target.name, result.report);
  undo.keep();
  journal.close();
  return result;
}

Changes detach(Driver& driver, const Pool& pool, const std::string& name, std::uint16_t lun) {
  driver.require();
  const TargetState target = require_whole(driver, pool, name, "detach");
  Changes report;
  const AttachedLun* attached = find_lun(target, lun);
  if (attached == nullptr) {
    persist(driver, target.name, report);
    return report;
  }
  refuse_sessions(target, "taking its disk away");
  Undo undo;
  undo.add([&driver, &target, attached] { attach_if_gone(driver, target.name, *attached); });
  driver.detach(target.name, lun);
  report.done.push_back(fmt::format("LUN {}: gone; {} stays", lun, printable(attached->volume.path)));
  persist(driver, target.name, report);
  undo.keep();
  return report;
}

namespace {

/// Returns the new rules of the target: the current ones, changed by the request.
AccessRule changed_rule(const AccessRule& before, const AllowRequest& request, Changes& report, Undo& undo) {
  AccessRule rule = before;
  if (request.only) rule.initiators.clear();
  for (const std::string& initiator : request.access.initiators)
    if (!has(rule.initiators, initiator)) rule.initiators.push_back(initiator);
  const auto account = [&request, &report, &undo](const std::string& user,
                                                  const std::vector<ChapAccount>& old) {
    const auto there =
        std::find_if(old.begin(), old.end(), [&user](const ChapAccount& a) { return a.user == user; });
    const std::string path = secret_path(request.access.secret_directory, user);
    bool made = false;
    ChapAccount result = {user, secret_of_file(path, there == old.end() ? Secret() : there->secret, made)};
    if (made) {
      undo.add([path] { unlink(path.c_str()); });
      report.done.push_back(fmt::format("secret of {}: {}", user, path));
    }
    return result;
  };
  if (request.no_chap) rule.incoming = rule.outgoing = {};
  if (!request.access.chap_user.empty()) {
    rule.incoming = {account(request.access.chap_user, before.incoming)};
    rule.outgoing.clear();
  }
  if (!request.access.mutual_chap_user.empty())
    rule.outgoing = {account(request.access.mutual_chap_user, before.outgoing)};
  return rule;
}

/// Adds the differences to the report, one line each, never a secret.
void describe_change(const AccessRule& before, const AccessRule& after, Changes& report) {
  for (const std::string& initiator : after.initiators)
    if (!has(before.initiators, initiator))
      report.done.push_back(fmt::format("initiator {}: may log in", printable(initiator)));
  for (const std::string& initiator : before.initiators)
    if (!has(after.initiators, initiator))
      report.done.push_back(fmt::format("initiator {}: may no longer log in", printable(initiator)));
  if (before.incoming != after.incoming)
    report.done.push_back(after.incoming.empty()
                              ? "CHAP: no longer required"
                              : fmt::format("CHAP: initiators authenticate as {}", after.incoming[0].user));
  if (before.outgoing != after.outgoing)
    report.done.push_back(after.outgoing.empty() ? "mutual CHAP: no longer offered"
                                                 : fmt::format("mutual CHAP: the target authenticates as {}",
                                                               after.outgoing[0].user));
}

/// Returns the rules that the change begins with: those of the target or, after an interrupted change, the
/// saved ones. In that case the target is closed to all initiators first.
AccessRule rules_before(Driver& driver, const TargetState& target, const std::optional<Unfinished>& work) {
  const auto before = work ? driver.written(target.name) : driver.access(target.name);
  if (!before)
    throw Error(Exit::failed, printable(target.name), "the secrets of its CHAP users are not known here",
                "another program has made them; change the target with that");
  if (work) {
    driver.allow(target.name, {});
    driver.drop_accounts(work->users);
  }
  return *before;
}

Unfinished as_work(const std::string& name, const std::string& target, const AccessRequest& access,
                   const AccessRule& before) {
  Unfinished work;
  work.verb = "allow";
  work.name = name;
  work.target = target;
  for (const std::string& user : {access.chap_user, access.mutual_chap_user})
    if (!user.empty()) work.users.push_back(user);
  for (const auto* list : {&before.incoming, &before.outgoing})
    for (const ChapAccount& account : *list) work.users.push_back(account.user);
  return work;
}

}  // namespace

Changes allow(Driver& driver, const Pool& pool, const std::string& name, const AllowRequest& request) {
  driver.require();
  const TargetState target = require_whole(driver, pool, name, "allow");
  const auto cut_short = unfinished_work(pool, "", target.name);
  const bool again = cut_short.has_value();
  const AccessRule before = rules_before(driver, target, cut_short);
  std::optional<Journal> journal;
  Changes report;
  Undo undo;
  undo.when_undone([&journal] {
    if (journal) journal->close();
  });
  if (again) {
    journal.emplace(pool, as_work(name, target.name, request.access, before));
    undo.add([&driver, &target, &before] { driver.allow(target.name, before); });
  }
  const AccessRule after = changed_rule(before, request, report, undo);
  if (!after.outgoing.empty() &&
      (after.incoming.empty() ||
       iscsi::boot_secret_fault(after.outgoing[0].secret, after.incoming[0].secret) ==
           iscsi::SecretFault::reflected))
    throw Error(Exit::usage, "mutual CHAP", "needs CHAP by the initiator, with another secret",
                Hint(HintId::two_chap_users,
                     "RFC 7143, 9.2.1; give a CHAP user of the initiator, and another one of the target"));
  describe_change(before, after, report);
  if (!again && before != after) {
    // From here on the saved configuration is the one to which a run after a killed one returns.
    driver.persist(target.name, before);
    journal.emplace(pool, as_work(name, target.name, request.access, before));
    undo.add([&driver, &target, &before] { driver.allow(target.name, before); });
  }
  if (again || before != after) driver.allow(target.name, after);
  if (driver.persist(target.name, after))
    report.done.push_back(fmt::format("written down: restored when {} is started again", driver.name()));
  undo.keep();
  if (journal) journal->close();
  return report;
}

Changes tune(Driver& driver, const Pool& pool, const std::string& name,
             const std::map<std::string, std::string>& parameters) {
  driver.require();
  const TargetState target = require_whole(driver, pool, name, "tune");
  std::map<std::string, std::string> wanted, old;
  Changes report;
  for (const auto& [key, value] : parameters) {
    const auto there = target.parameters.find(key);
    if (there != target.parameters.end() && there->second == value) continue;
    wanted[key] = value;
    if (there != target.parameters.end()) old[key] = there->second;
    report.done.push_back(fmt::format("{}: {} instead of {}", key, value,
                                      there == target.parameters.end() ? "none" : printable(there->second)));
  }
  Undo undo;
  if (!wanted.empty()) {
    undo.add([&driver, &target, &old] { driver.tune(target.name, old); });
    driver.tune(target.name, wanted);
  }
  persist(driver, target.name, report);
  undo.keep();
  return report;
}

}  // namespace san::target
