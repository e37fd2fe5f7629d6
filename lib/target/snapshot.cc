// SPDX-License-Identifier: Apache-2.0
#include "target/snapshot.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "core/units.h"
#include "system/file/new_file.h"
#include "target/pool/copy_file.h"
#include "target/pool/volume_size.h"
#include "target/resolve.h"
#include "target/undo.h"
#include "target/unfinished.h"

namespace san::target {
namespace {

std::string volume_file(const Pool& pool, const std::string& name) {
  std::string path = pool.volume(name);
  if (!volume_size(path).exists)
    throw Error(Exit::failed, path, "there is no such volume",
                Hint(HintId::snapshot_of_pool,
                     "snapshots are of volumes of the pool; block devices have those of LVM or ZFS"));
  return path;
}

std::string snapshot_file(const Pool& pool, const std::string& name, const std::string& snapshot) {
  std::string path = pool.snapshot(name, snapshot);
  if (volume_size(path).exists) return path;
  std::string list;
  for (const Snapshot& other : pool.snapshots(name)) list += (list.empty() ? "" : ", ") + other.name;
  throw Error(Exit::failed, path, "there is no such snapshot",
              list.empty() ? fmt::format("{} has none", name) : fmt::format("{} has: {}", name, list));
}

void warn_of_copy(const std::string& path, bool shared) {
  if (shared) return;
  log::warning(
      "{}: a full copy, since this file system cannot share blocks; on XFS or btrfs it takes no time and no "
      "room",
      path);
}

void exchange(const std::string& a, const std::string& b) {
  if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0)
    throw system_error(b, "put the snapshot in its place", errno);
}

/// Returns the target that has the volume, if there is one.
std::optional<TargetState> target_of(Driver& driver, const std::string& volume) {
  const auto all = driver.list();
  if (const auto use = volume_use(all, volume))
    for (const TargetState& state : all)
      if (state.name == use->target) return state;
  return std::nullopt;
}

}  // namespace

Changes take_snapshot(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                      Progress& progress) {
  driver.require();
  const std::string volume = volume_file(pool, name), path = pool.snapshot(name, snapshot);
  if (const auto work = unfinished_work(pool, name, "")) refuse_unfinished(pool, work->target, "");
  const bool again = snapshot_unfinished(pool, name, snapshot);
  const bool there = volume_size(path).exists;
  if (there && !again)
    throw Error(Exit::refused, path, "this snapshot already exists", "choose another name, or remove it");
  Unfinished work;
  work.verb = "snapshot";
  work.name = name + "@" + snapshot;
  Journal journal(pool, work);
  Changes report;
  if (there) {
    // It got its name when it was complete.
    journal.close();
    report.done.push_back(fmt::format("snapshot {}: complete, made by the run that was cut short", path));
    return report;
  }
  Undo undo;
  undo.when_undone([&journal] { journal.close(); });
  const auto target = target_of(driver, volume);
  const bool live = target && !target->sessions.empty();
  const bool shared = copy_file(volume, path, !live, progress);
  warn_of_copy(path, shared);
  if (live)
    log::warning("{}: a machine is logged in; the snapshot holds what a power cut at this moment would leave",
                 path);
  report.done.push_back(fmt::format("snapshot {}: {}, {}", path, format_size(volume_size(path).bytes),
                                    shared ? "shares its blocks with the volume" : "a full copy"));
  undo.keep();
  journal.close();
  return report;
}

Changes remove_snapshot(const Pool& pool, const std::string& name, const std::string& snapshot) {
  const std::string path = snapshot_file(pool, name, snapshot);
  if (unlink(path.c_str()) != 0) throw system_error(path, "remove it", errno);
  Changes report;
  report.done.push_back(fmt::format("snapshot {}: gone", path));
  return report;
}

namespace {

/// Returns the target of the volume, after it has restored the LUN that a killed rollback removed or left
/// incomplete.
std::optional<TargetState> whole_target(Driver& driver, const Pool& pool, const std::string& name,
                                        const std::string& volume) {
  const auto work = unfinished_work(pool, name, "");
  if (!work) return target_of(driver, volume);
  refuse_unfinished(pool, work->target, "rollback");
  const auto target = live_target(driver, work->target);
  if (!target || !work->lun) return target_of(driver, volume);
  if (const AttachedLun* lun = find_lun(*target, *work->lun); lun != nullptr) {
    refuse_sessions(*target, "changing its disk");
    if (lun->volume.path != volume)
      throw Error(Exit::refused, target->name,
                  fmt::format("LUN {} is {} now", *work->lun, printable(lun->volume.path)),
                  "the rollback that was cut short would have made it again: detach that, and try again");
    driver.detach(target->name, *work->lun);
  }
  driver.attach(target->name, *work->lun, work->volume);
  if (const auto access = driver.access(target->name)) driver.persist(target->name, *access);
  forget(pool, *work);
  return target_of(driver, volume);
}

/// Exchanges the files while the LUN is detached: the target keeps the old file open, whatever its name.
void exchange_under(Driver& driver, const TargetState& target, const AttachedLun& lun,
                    const std::string& fresh, Undo& undo) {
  const std::string& volume = lun.volume.path;
  undo.add([&driver, &target, &lun] { attach_if_gone(driver, target.name, lun); });
  driver.detach(target.name, lun.lun);
  if (const auto now = live_target(driver, target.name)) refuse_sessions(*now, "changing its disk");
  exchange(fresh, volume);
  undo.add([fresh, volume] { exchange(fresh, volume); });
  driver.attach(target.name, lun.lun, lun.volume);
}

}  // namespace

Changes roll_back(Driver& driver, const Pool& pool, const std::string& name, const std::string& snapshot,
                  Progress& progress) {
  driver.require();
  const std::string volume = volume_file(pool, name);
  const auto target = whole_target(driver, pool, name, volume);
  const std::string from = snapshot_file(pool, name, snapshot);
  if (target) refuse_sessions(*target, "changing its disk");
  const std::string fresh = volume + ".rollback";
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) throw system_error(fresh, "remove it", errno);
  warn_of_copy(volume, copy_file(from, fresh, true, progress));
  // Not kept: after the exchange it has the old content.
  NewFile old(fresh);
  if (!target) {
    exchange(fresh, volume);
    return {{fmt::format("volume {}: restored from snapshot {}", volume, snapshot)}};
  }
  // If the configuration cannot be saved, this fails before anything has been changed.
  driver.check_written(target->name);
  const auto access = driver.access(target->name);
  if (access) driver.persist(target->name, *access);
  const AttachedLun lun = volume_use({*target}, volume)->lun;
  Journal journal(pool, {"rollback", name, target->name, {}, false, false, lun.lun, lun.volume});
  Undo undo;
  undo.when_undone([&journal] { journal.close(); });
  exchange_under(driver, *target, lun, fresh, undo);
  undo.keep();
  // The saved configuration of the LUN contains the identity of its file.
  if (access) driver.persist(target->name, *access);
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) throw system_error(fresh, "remove it", errno);
  old.keep();
  journal.close();
  return {{fmt::format("volume {}: restored from snapshot {}", volume, snapshot),
           fmt::format("LUN {} of {}: taken off and made again", lun.lun, target->name)}};
}

}  // namespace san::target
