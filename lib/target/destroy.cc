// SPDX-License-Identifier: Apache-2.0
#include "target/destroy.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"
#include "core/units.h"
#include "target/pool/volume_size.h"
#include "target/resolve.h"
#include "target/unfinished.h"

namespace san::target {
namespace {

struct Doomed {
  std::optional<TargetState> target;  ///< nothing if it does not exist, but its remains do
  std::string target_name;            ///< empty if there is neither a target nor remains of one
  std::vector<std::string> users;     ///< CHAP users that may be left without a target
  bool begun = false;                 ///< a killed verb has left something
  std::string name;                   ///< name of the volume; empty if it is not in the pool
  std::string volume;                 ///< its path
  std::vector<std::string> others;    ///< volumes that are kept
};

/// Returns "host1" for the file host1.img of the pool; empty for any other.
std::string pool_name(const Pool& pool, const std::string& path) {
  for (const std::string& name : pool.volumes())
    if (pool.volume(name) == path) return name;
  return {};
}

void find_volume(const Pool& pool, const std::string& name, bool named, Doomed& doomed) {
  // A target that is named by its iSCSI name is deleted with the first volume of the pool that it has.
  std::vector<std::string> mine;
  if (doomed.target)
    for (const AttachedLun& lun : doomed.target->luns) {
      const std::string volume = pool_name(pool, lun.volume.path);
      const bool takes = !volume.empty() && (named ? volume == name : mine.empty());
      if (takes) mine.push_back(volume);
      if (!takes) doomed.others.push_back(lun.volume.path);
    }
  if (named && volume_size(pool.volume(name)).exists)
    doomed.name = name;
  else if (!mine.empty())
    doomed.name = mine.front();
}

Doomed find(Driver& driver, const Pool& pool, const std::string& name) {
  Doomed doomed;
  doomed.target = find_target(driver, pool, name);
  const bool named = !is_target_name(name);
  const auto work = unfinished_work(pool, name, doomed.target ? doomed.target->name : name);
  if (!doomed.target && work && !work->target.empty())
    doomed.target = find_target(driver, pool, work->target);
  find_volume(pool, name, named, doomed);
  if (doomed.target) doomed.target_name = doomed.target->name;
  if (work) {
    doomed.begun = true;
    doomed.users = work->users;
    if (doomed.target_name.empty()) doomed.target_name = work->target;
    if (const std::string volume = pool_name(pool, work->volume.path);
        doomed.name.empty() && work->verb == "delete")
      doomed.name = volume;
  }
  // Saved configuration of a target that does not exist any more, with its secrets.
  if (doomed.target_name.empty())
    doomed.target_name = named ? driver.written_with(pool.volume(name)) : driver.written(name) ? name : "";
  if (!doomed.name.empty()) doomed.volume = pool.volume(doomed.name);
  return doomed;
}

/// Deletes the target: the first step, on which the others depend.
void delete_target(Driver& driver, const Doomed& doomed, Journal& journal) {
  try {
    // tgt and LIO refuse this, too, if an initiator has come in the meantime.
    driver.delete_target(doomed.target_name);
  } catch (const Error&) {
    if (live_target(driver, doomed.target_name)) journal.close();
    throw;
  }
}

Unfinished as_work(const std::string& name, const Doomed& doomed) {
  Unfinished work;
  work.verb = "delete";
  work.name = name;
  work.target = doomed.target_name;
  work.users = doomed.users;
  work.volume.path = doomed.volume;
  if (doomed.target)
    for (const auto* list : {&doomed.target->access.incoming, &doomed.target->access.outgoing})
      for (const ChapAccount& account : *list) work.users.push_back(account.user);
  return work;
}

}  // namespace

std::vector<std::string> what_is_lost(Driver& driver, const Pool& pool, const std::string& name) {
  driver.require();
  const Doomed doomed = find(driver, pool, name);
  std::vector<std::string> lost;
  if (!doomed.target_name.empty())
    lost.push_back(
        fmt::format("{}target {}", doomed.target ? "" : "what is left of ", printable(doomed.target_name)));
  if (!doomed.volume.empty()) {
    const VolumeSize size = volume_size(doomed.volume);
    lost.push_back(fmt::format("volume {} ({}, of which {} are written)", doomed.volume,
                               format_size(size.bytes), format_size(size.allocated)));
  }
  return lost;
}

Changes destroy(Driver& driver, const Pool& pool, const std::string& name) {
  driver.require();
  const Doomed doomed = find(driver, pool, name);
  if (doomed.target_name.empty() && doomed.volume.empty())
    throw Error(Exit::failed, printable(name), "there is no such target and no such volume",
                Hint(HintId::see_pool, fmt::format("the pool is {}", pool.directory())));
  if (!doomed.target_name.empty()) driver.check_written(doomed.target_name);
  if (doomed.target) refuse_sessions(*doomed.target, "deleting its disk");
  if (!doomed.name.empty())
    if (const auto snapshots = pool.snapshots(doomed.name); !snapshots.empty()) {
      std::string list;
      for (const Snapshot& snapshot : snapshots) list += (list.empty() ? "" : ", ") + snapshot.name;
      throw Error(Exit::refused, printable(name), fmt::format("has snapshots: {}", list),
                  Hint(HintId::remove_snapshots, "remove them first", {doomed.name}));
    }
  Changes report;
  std::optional<Journal> journal;
  if (!doomed.target_name.empty()) {
    const Unfinished work = as_work(name, doomed);
    journal.emplace(pool, work);
    if (doomed.target) {
      delete_target(driver, doomed, *journal);
      report.done.push_back("target " + printable(doomed.target_name) + ": gone");
    } else if (doomed.begun) {
      report.done.push_back("target " + printable(doomed.target_name) + ": what was left of it is gone");
    }
    driver.drop_accounts(work.users);
    if (driver.persist(doomed.target_name, {}))
      report.done.push_back(fmt::format("written form: gone, {} does not restore it", driver.name()));
    for (const std::string& other : doomed.others)
      report.done.push_back("volume " + printable(other) + ": stays, with its content");
  }
  if (!doomed.volume.empty()) {
    remove_leftovers(pool, doomed.name);
    if (unlink(doomed.volume.c_str()) != 0 && errno != ENOENT)
      throw system_error(doomed.volume, "remove it", errno);
    report.done.push_back("volume " + doomed.volume + ": gone");
  } else if (!is_target_name(name)) {
    remove_leftovers(pool, name);
  }
  if (journal) journal->close();
  return report;
}

}  // namespace san::target
