// SPDX-License-Identifier: Apache-2.0
#include "target/destroy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/table.h"
#include "core/units.h"
#include "target/resolve.h"
#include "target/volume_size.h"

namespace san::target {
namespace {

struct Doomed {
  std::optional<TargetState> target;
  std::string name;                 ///< of the volume; empty where it is none of the pool
  std::string volume;               ///< its path
  std::vector<std::string> others;  ///< volumes that stay
};

/// "host1" for the file host1.img of the pool; empty for any other.
std::string pool_name(const Pool& pool, const std::string& path) {
  for (const std::string& name : pool.volumes())
    if (pool.volume(name) == path) return name;
  return {};
}

Doomed find(Driver& driver, const Pool& pool, const std::string& name) {
  Doomed doomed;
  doomed.target = find_target(driver, pool, name);
  const bool named = !name.starts_with("iqn.") && !name.starts_with("eui.") && !name.starts_with("naa.");
  // By its iSCSI name a target goes with the one volume of the pool that it has.
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
  if (!doomed.name.empty()) doomed.volume = pool.volume(doomed.name);
  return doomed;
}

}  // namespace

std::vector<std::string> what_is_lost(Driver& driver, const Pool& pool, const std::string& name) {
  driver.require();
  const Doomed doomed = find(driver, pool, name);
  std::vector<std::string> lost;
  if (doomed.target) lost.push_back("target " + printable(doomed.target->name));
  if (!doomed.volume.empty()) {
    const VolumeSize size = volume_size(doomed.volume);
    lost.push_back(fmt::format("volume {} ({}, of which {} are written)", doomed.volume,
                               format_size(size.bytes), format_size(size.allocated)));
  }
  return lost;
}

Report destroy(Driver& driver, const Pool& pool, const std::string& name) {
  driver.require();
  const Doomed doomed = find(driver, pool, name);
  if (!doomed.target && doomed.volume.empty())
    throw Error(Exit::failed, printable(name), "there is no such target and no such volume",
                fmt::format("the pool is {}; see --pool", pool.directory()));
  if (doomed.target) refuse_sessions(*doomed.target, "deleting its disk");
  if (!doomed.name.empty())
    if (const auto snapshots = pool.snapshots(doomed.name); !snapshots.empty()) {
      std::string list;
      for (const Snapshot& snapshot : snapshots) list += (list.empty() ? "" : ", ") + snapshot.name;
      throw Error(Exit::refused, printable(name), fmt::format("has snapshots: {}", list),
                  fmt::format("remove them first: sanlun snapshot {} SNAPSHOT --remove", doomed.name));
    }
  Report report;
  if (doomed.target) {
    // tgt and LIO refuse this, too, if an initiator has come in the meantime.
    driver.delete_target(doomed.target->name);
    report.done.push_back("target " + printable(doomed.target->name) + ": gone");
    if (driver.persist(doomed.target->name, {}))
      report.done.push_back(fmt::format("written form: gone, {} does not bring it back", driver.name()));
    for (const std::string& other : doomed.others)
      report.done.push_back("volume " + printable(other) + ": stays, with its content");
  }
  if (!doomed.volume.empty()) {
    if (unlink(doomed.volume.c_str()) != 0) throw system_error(doomed.volume, "remove it", errno);
    report.done.push_back("volume " + doomed.volume + ": gone");
  }
  return report;
}

}  // namespace san::target
