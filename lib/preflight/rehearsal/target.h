// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "preflight/rehearsal/boot_watch.h"
#include "preflight/rehearsal/rehearsal_plan.h"
#include "preflight/rehearsal/sandbox.h"
#include "system/child_process.h"

namespace san::preflight {

/// The disk of a plan, over which a throw-away layer takes all writes, as a file: a qcow2 image in
/// `directory` in front of the disk, which is opened for reading only, exported by qemu-storage-daemon
/// through FUSE.
class RehearsalDisk {
 public:
  /// Throws Error(failed) with what QEMU says.
  RehearsalDisk(const RehearsalPlan& plan, const PrivateDirectory& directory);
  ~RehearsalDisk();
  RehearsalDisk(const RehearsalDisk&) = delete;
  RehearsalDisk& operator=(const RehearsalDisk&) = delete;

  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::unique_ptr<ChildProcess> daemon_;
};

/// A tgtd of our own, that serves that file under the names of the plan, to anybody: it is for a network
/// namespace in which nobody else is.
class RehearsalTarget {
 public:
  /// Throws Error(failed).
  RehearsalTarget(const RehearsalPlan& plan, const std::string& file, const PrivateDirectory& directory);
  ~RehearsalTarget();
  RehearsalTarget(const RehearsalTarget&) = delete;
  RehearsalTarget& operator=(const RehearsalTarget&) = delete;

  /// What the sessions that are there have moved. Throws Error(failed) where the target is gone.
  std::vector<SessionTraffic> traffic();

 private:
  /// What tgtadm prints; throws Error(failed).
  std::string admin(const std::vector<std::string>& words);
  std::vector<std::string> command(std::vector<std::string> words) const;

  std::string control_;
  unsigned lun_;
  std::unique_ptr<ChildProcess> daemon_;
};

}  // namespace san::preflight
