// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/subject_facts.h"

#include "filesystem/directory_tree.h"
#include "os/linux/linux_system.h"
#include "os/windows/windows_system.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {

os::DiskContent read_content(Device& device) {
  return os::read_disk_content(device);
}

std::shared_ptr<const os::LinuxSystem> read_linux(const os::DiskContent& disk) {
  return os::read_linux_system(disk);
}

std::shared_ptr<const os::LinuxSystem> read_live_linux(const std::string& root) {
  return os::read_linux_system(std::make_shared<os::SystemTree>(directory_tree(root)));
}

std::shared_ptr<const os::WindowsSystem> read_windows(const os::DiskContent& disk) {
  return os::read_windows_system(disk);
}

std::shared_ptr<const TargetFacts> read_target(Subject& subject) {
  return read_target_facts(subject.options(), subject.profile(), subject.login());
}

std::shared_ptr<const MachineFacts> read_machine(const std::string& root) {
  return read_machine_facts(root);
}

std::vector<std::string> system_names(Subject& subject) {
  std::vector<std::string> names;
  if (const os::LinuxSystem* const system = subject.linux_system())
    names.push_back(system->name.empty() ? "Linux" : system->name);
  if (const os::WindowsSystem* const system = subject.windows_system())
    names.push_back(system->version.product.empty() ? "Windows" : system->version.product);
  return names;
}

}  // namespace san::preflight
