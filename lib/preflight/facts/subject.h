// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "block/readable_device.h"
#include "boot/profile/boot_profile.h"
#include "boot/profile/login_options.h"
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

/// Objects that a run examines, from the command line.
struct SubjectOptions {
  std::string device;                      ///< image, LUN URL, profile:FILE; empty with --live alone
  std::optional<boot::Firmware> firmware;  ///< nothing: by the profile, else by the disk
  std::string nic;                         ///< --nic VENDOR:DEVICE|DRIVER|IFACE; empty for none
  std::string source;                      ///< --source: the disk from which it was cloned; empty for none
  bool live = false;                       ///< --live: this running machine
  bool rehearse = false;                   ///< --rehearse: boot it in QEMU
  double rehearse_limit = 600;             ///< time limit of the rehearsal, seconds
  std::string live_root = "/";             ///< root directory of this machine's files; another one in tests
  boot::LoginOptions login;                ///< options of the command line, with the file of --profile
};

/// Facts that are known already and are not read; null for those that are to be read. Of a caller who has
/// them, and of tests.
struct KnownFacts {
  std::shared_ptr<const boot::BootProfile> profile;
  std::shared_ptr<const os::DiskContent> content, source_content;
  std::shared_ptr<const TargetFacts> target;
  std::shared_ptr<const MachineFacts> machine;
};

/// The examined objects. Each is read when a check first asks for it, and then kept. Every accessor may throw
/// Error, the same one each time (Error(interrupted) is not kept).
class Subject {
 public:
  explicit Subject(SubjectOptions options, KnownFacts known = {});
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const SubjectOptions& options() const { return options_; }
  /// Returns the boot profile; null if none was given.
  const boot::BootProfile* profile();
  /// Returns the options of the login, with the file of the profile.
  const boot::LoginOptions& login() const { return options_.login; }
  /// Returns the image or LUN, to be read; null if none was given.
  ReadableDevice* device();
  const os::DiskContent* content();
  /// Reads the content, if a disk was named; throws Error if it cannot be read.
  void require_content() { content(); }
  /// Returns the disk from which it was cloned; null without --source.
  ReadableDevice* source();
  /// Opens the source, if one was named; throws Error if it cannot be opened.
  void require_source() { source(); }
  const os::DiskContent* source_content();
  /// Returns the firmware that will boot it: by the option, else the profile, else the partitions and boot
  /// code of the disk. Nothing if the disk is made for both or for neither.
  std::optional<boot::Firmware> firmware();
  const BootNic& nic();

  /// Returns the Linux on the disk (with --live and no device, that of this machine); null if there is none.
  const os::LinuxSystem* linux_system();
  /// Returns the Windows on the disk; null if there is none.
  const os::WindowsSystem* windows_system();
  /// Returns the target as seen from this machine; null if neither a LUN nor a profile was given.
  const TargetFacts* target();
  /// Returns the facts about this machine; null without --live.
  const MachineFacts* machine();

  /// Returns the number of bytes read from the device so far; reads of the source do not count.
  std::uint64_t bytes_read() const;

 private:
  struct Kept;
  SubjectOptions options_;
  std::unique_ptr<Kept> kept_;
};

}  // namespace san::preflight
