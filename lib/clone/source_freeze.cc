// SPDX-License-Identifier: Apache-2.0
#include "clone/source_freeze.h"

#include <cstdlib>

#include "core/hint_id.h"
#include "open/open_device.h"
#include "system/mount/freeze_plan.h"

namespace san {
namespace {

/// Returns the files that must stay writable while the copy runs.
std::vector<NeededFile> needed_files(const CloneRequest& request) {
  std::vector<NeededFile> files = files_of_this_process();
  bool local = false;
  for (const std::string& destination : request.destinations) {
    if (destination == "-" || is_any_url(destination)) continue;
    local = true;
    files.push_back({destination, destination});
  }
  if (!request.map.empty()) files.push_back({request.map, "the clone map " + request.map});
  if (!request.bad_map.empty()) files.push_back({request.bad_map, request.bad_map});
  // The socket to qemu-nbd.
  const char* temporary = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (local)
    files.push_back({temporary != nullptr ? temporary : "/tmp", "the directory for temporary files"});
  return files;
}

}  // namespace

SourceFreeze::SourceFreeze(const CloneRun& run) : wanted_(run.request.freeze.has_value()) {
  if (!wanted_) return;
  const bool live = run.request.force.live;
  FreezePlan plan = plan_freeze(run.request.source, needed_files(run.request));
  for (const auto& [one, reason] : plan.forbidden) {
    const std::string cause = "cannot be frozen: " + reason;
    const std::string& place = one.mounts.front().second;
    if (!live)
      throw Error(
          Exit::refused, place, cause,
          Hint(HintId::force_live_unfrozen, "copy an LVM snapshot, name files on another file system"));
    warn_of_overridden({"live", place, cause});
  }
  file_systems_ = std::move(plan.file_systems);
  if (run.purpose == CloneRun::Purpose::plan) return;
  freeze_.emplace(std::move(file_systems_), *run.request.freeze, live);
  file_systems_ = freeze_->file_systems();
}

std::vector<dev_t> SourceFreeze::numbers() const {
  std::vector<dev_t> numbers;
  for (const MountedFileSystem& one : file_systems_) numbers.push_back(one.number);
  return numbers;
}

std::optional<FrozenSource> SourceFreeze::result() const {
  if (!wanted_) return std::nullopt;
  FrozenSource frozen;
  for (const MountedFileSystem& one : file_systems_) frozen.mount_points.push_back(one.mounts.front().second);
  if (freeze_) frozen.seconds = freeze_->seconds();
  return frozen;
}

}  // namespace san
