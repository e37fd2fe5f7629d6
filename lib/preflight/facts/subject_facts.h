// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "preflight/facts/subject.h"

namespace san::preflight {

// How the subject gets its facts, from those who know how to read them. Each throws Error.

os::DiskContent read_content(Device& device);
/// Null where there is no such system.
std::shared_ptr<const os::LinuxSystem> read_linux(const os::DiskContent& disk);
/// The Linux whose files are below `root`.
std::shared_ptr<const os::LinuxSystem> read_live_linux(const std::string& root);
std::shared_ptr<const os::WindowsSystem> read_windows(const os::DiskContent& disk);
std::shared_ptr<const TargetFacts> read_target(Subject& subject);
std::shared_ptr<const MachineFacts> read_machine(const std::string& root);

/// The operating systems of the subject, as they call themselves: "Debian GNU/Linux 12 (bookworm)".
std::vector<std::string> system_names(Subject& subject);

}  // namespace san::preflight
