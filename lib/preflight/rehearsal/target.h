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

/// The disk of a plan beneath a throw-away layer that takes all writes, as a file: a qcow2 image in
/// `directory` in front of the disk, which is opened read-only, exported by qemu-storage-daemon through FUSE.
class RehearsalDisk {
 public:
  /// Exports the disk. Throws Error(failed) with QEMU's error text.
  RehearsalDisk(const RehearsalPlan& plan, const PrivateDirectory& directory);
  ~RehearsalDisk();
  RehearsalDisk(const RehearsalDisk&) = delete;
  RehearsalDisk& operator=(const RehearsalDisk&) = delete;

  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::unique_ptr<ChildProcess> daemon_;
};

/// A private tgtd that serves the file under the names of the plan, without access control: it is meant for a
/// network namespace that contains no other host.
class RehearsalTarget {
 public:
  /// Starts tgtd and creates the target. Throws Error(failed).
  RehearsalTarget(const RehearsalPlan& plan, const std::string& file, const PrivateDirectory& directory);
  ~RehearsalTarget();
  RehearsalTarget(const RehearsalTarget&) = delete;
  RehearsalTarget& operator=(const RehearsalTarget&) = delete;

  /// Returns the traffic of the current sessions. Throws Error(failed) if the target has ended.
  std::vector<SessionTraffic> traffic();

 private:
  /// Runs tgtadm and returns its output. Throws Error(failed).
  std::string admin(const std::vector<std::string>& words);
  std::vector<std::string> command(std::vector<std::string> words) const;

  std::string control_;
  unsigned lun_;
  std::unique_ptr<ChildProcess> daemon_;
};

}  // namespace san::preflight
