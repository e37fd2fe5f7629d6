// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "preflight/facts/subject.h"

namespace san::preflight {

// Readers of the subject's facts. Each throws Error.

os::DiskContent read_content(Device& device);
/// Reads the Linux of a disk; null if there is none.
std::shared_ptr<const os::LinuxSystem> read_linux(const os::DiskContent& disk);
/// Reads the Linux whose files are below `root`.
std::shared_ptr<const os::LinuxSystem> read_live_linux(const std::string& root);
std::shared_ptr<const os::WindowsSystem> read_windows(const os::DiskContent& disk);
std::shared_ptr<const TargetFacts> read_target(Subject& subject);
std::shared_ptr<const MachineFacts> read_machine(const std::string& root);

/// Returns the names of the subject's operating systems: "Debian GNU/Linux 12 (bookworm)".
std::vector<std::string> system_names(Subject& subject);

}  // namespace san::preflight
