// SPDX-License-Identifier: Apache-2.0
#include "source_freeze.h"

#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/text/table.h"
#include "open/open_device.h"
#include "overridden.h"
#include "system/mount/freeze_plan.h"

namespace san {
namespace {

/// Returns the files that must stay writable while the copy runs.
std::vector<NeededFile> needed_files(const CloneOptions& o) {
  std::vector<NeededFile> files = files_of_this_process();
  bool local = false;
  for (const std::string& destination : o.destinations) {
    if (destination == "-" || is_any_url(destination)) continue;
    local = true;
    files.push_back({destination, destination});
  }
  if (!o.map.empty()) files.push_back({o.map, "the clone map " + o.map});
  if (!o.bad_map.empty()) files.push_back({o.bad_map, o.bad_map});
  // The socket to qemu-nbd.
  const char* temporary = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (local)
    files.push_back({temporary != nullptr ? temporary : "/tmp", "the directory for temporary files"});
  return files;
}

}  // namespace

SourceFreeze::SourceFreeze(const CloneOptions& o) : wanted_(o.freeze_limit.has_value()) {
  if (!wanted_) return;
  FreezePlan plan = plan_freeze(o.source, needed_files(o));
  for (const auto& [one, reason] : plan.forbidden) {
    const std::string cause = "cannot be frozen: " + reason;
    const std::string& place = one.mounts.front().second;
    if (!o.overrides.live)
      throw Error(Exit::refused, place, cause,
                  "copy an LVM snapshot, name files on another file system, or override this by "
                  "--force=live, which copies it as it is");
    warn_of_overridden({"live", place, cause});
  }
  file_systems_ = std::move(plan.file_systems);
  if (o.dry_run) return;
  freeze_.emplace(std::move(file_systems_), *o.freeze_limit, o.overrides.live);
  file_systems_ = freeze_->file_systems();
}

std::vector<dev_t> SourceFreeze::numbers() const {
  std::vector<dev_t> numbers;
  for (const MountedFileSystem& one : file_systems_) numbers.push_back(one.number);
  return numbers;
}

std::vector<std::string> SourceFreeze::mount_points() const {
  std::vector<std::string> places;
  for (const MountedFileSystem& one : file_systems_) places.push_back(one.mounts.front().second);
  return places;
}

Json SourceFreeze::json() const {
  if (!wanted_) return nullptr;
  const double seconds = freeze_ ? freeze_->seconds() : 0;
  return {{"mounts", mount_points()}, {"seconds", static_cast<double>(std::llround(seconds * 1000)) / 1000}};
}

Printable SourceFreeze::text() const {
  if (!wanted_) return {};
  if (file_systems_.empty()) return {"nothing is mounted read-write, and nothing was frozen\n"};
  const Printable all = joined(mount_points(), ", ");
  return freeze_ ? format_text("frozen for {:.1f} s: {}\n", freeze_->seconds(), all)
                 : format_text("would be frozen: {}\n", all);
}

}  // namespace san
