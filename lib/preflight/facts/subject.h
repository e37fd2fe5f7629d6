// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "block/device.h"
#include "boot/profile/boot_profile.h"
#include "iscsi/login/credentials.h"
#include "os/volumes/system_tree.h"
#include "os/volumes/volumes.h"
#include "preflight/facts/boot_nic.h"

namespace san::os {
struct LinuxSystem;
struct WindowsSystem;
}  // namespace san::os

namespace san::preflight {

struct TargetFacts;
struct MachineFacts;

/// What a run looks at.
struct SubjectOptions {
  std::string device;                      ///< image, LUN URL, profile:FILE; empty for --live alone
  std::string profile;                     ///< file of the boot profile; empty for none
  std::optional<boot::Firmware> firmware;  ///< nothing: what the profile says, else what the disk has
  std::string nic;                         ///< --nic VENDOR:DEVICE|DRIVER|IFACE; empty for none
  std::string source;                      ///< --source: the disk it was cloned from; empty for none
  bool live = false;                       ///< --live: this running machine
  bool rehearse = false;                   ///< --rehearse: it was, or will be, booted in QEMU
  double rehearse_limit = 600;             ///< seconds that it may take
  std::string live_root = "/";             ///< where this machine's files are; for tests
  iscsi::LoginOptions login;               ///< with what the profile says
};

/// What is examined, read when a check first asks for it and then kept. Every accessor may throw Error, the
/// same one each time.
class Subject {
 public:
  explicit Subject(SubjectOptions options);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const SubjectOptions& options() const { return options_; }
  /// Null where none was given.
  const boot::BootProfile* profile();
  /// The login of the profile or of the environment.
  const iscsi::LoginOptions& login();
  /// The image or LUN, which takes no writes; null where none was given.
  Device* device();
  const os::DiskContent* content();
  /// The disk it was cloned from; null without --source.
  Device* source();
  const os::DiskContent* source_content();
  /// How it will boot: the option, else the profile, else what the disk is made for, by its partitions and
  /// boot code; nothing where that is both or neither.
  std::optional<boot::Firmware> firmware();
  const BootNic& nic();

  /// The Linux on the disk (with --live and no device: of this machine); null where there is none.
  const os::LinuxSystem* linux_system();
  /// The Windows on the disk; null where there is none.
  const os::WindowsSystem* windows_system();
  /// The target, as seen from here; null where neither a LUN nor a profile was given.
  const TargetFacts* target();
  /// This machine; null without --live.
  const MachineFacts* machine();

  /// Bytes read from the device so far; nothing is counted of the source.
  std::uint64_t bytes_read() const;

 private:
  struct Kept;
  SubjectOptions options_;
  std::unique_ptr<Kept> kept_;
};

}  // namespace san::preflight
