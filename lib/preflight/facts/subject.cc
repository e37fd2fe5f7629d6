// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/subject.h"

#include "block/filter/read_only_device.h"
#include "filesystem/directory_tree.h"
#include "open/open_device.h"
#include "os/linux/linux_system.h"
#include "os/windows/windows_system.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/lazy.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {
namespace {

/// Returns the options with the profile that the device is named by, if --profile names none.
SubjectOptions with_profile(SubjectOptions options) {
  if (options.login.profile.empty()) options.login.profile = profile_file(options.device).value_or("");
  return options;
}

std::unique_ptr<ReadOnlyDevice> open_quietly(const std::string& device, const boot::LoginOptions& login) {
  if (device.empty()) return nullptr;
  OpenOptions options;
  options.login = login;
  return std::make_unique<ReadOnlyDevice>(open_for_reading(device, options));
}

}  // namespace

struct Subject::Kept {
  Lazy<std::shared_ptr<const boot::BootProfile>> profile;
  Lazy<std::unique_ptr<ReadOnlyDevice>> device, source;
  Lazy<std::shared_ptr<const os::DiskContent>> content, source_content;
  Lazy<BootNic> nic;
  Lazy<std::shared_ptr<const os::LinuxSystem>> linux_system;
  Lazy<std::shared_ptr<const os::WindowsSystem>> windows_system;
  Lazy<std::shared_ptr<const TargetFacts>> target;
  Lazy<std::shared_ptr<const MachineFacts>> machine;
  const ReadOnlyDevice* counted = nullptr;
};

Subject::Subject(SubjectOptions options, KnownFacts known)
    : options_(with_profile(std::move(options))), kept_(std::make_unique<Kept>()) {
  if (known.profile) kept_->profile.set(std::move(known.profile));
  if (known.content) kept_->content.set(std::move(known.content));
  if (known.source_content) kept_->source_content.set(std::move(known.source_content));
  if (known.target) kept_->target.set(std::move(known.target));
  if (known.machine) kept_->machine.set(std::move(known.machine));
}
Subject::~Subject() = default;

const boot::BootProfile* Subject::profile() {
  return kept_->profile
      .get([this] {
        // Owned by the cache, which the options share.
        return std::shared_ptr<const boot::BootProfile>(options_.login.profiles,
                                                        options_.login.boot_profile());
      })
      .get();
}

ReadableDevice* Subject::device() {
  return kept_->device
      .get([this] {
        auto device = open_quietly(options_.device, login());
        kept_->counted = device.get();
        return device;
      })
      .get();
}

const os::DiskContent* Subject::content() {
  return kept_->content
      .get([this]() -> std::shared_ptr<const os::DiskContent> {
        ReadableDevice* const disk = device();
        return disk == nullptr ? nullptr : std::make_shared<os::DiskContent>(os::read_disk_content(*disk));
      })
      .get();
}

ReadableDevice* Subject::source() {
  return kept_->source.get([this] { return open_quietly(options_.source, login()); }).get();
}

const os::DiskContent* Subject::source_content() {
  return kept_->source_content
      .get([this]() -> std::shared_ptr<const os::DiskContent> {
        ReadableDevice* const disk = source();
        return disk == nullptr ? nullptr : std::make_shared<os::DiskContent>(os::read_disk_content(*disk));
      })
      .get();
}

std::optional<boot::Firmware> Subject::firmware() {
  if (options_.firmware) return options_.firmware;
  if (const boot::BootProfile* plan = profile()) return plan->firmware;
  if (const os::DiskContent* disk = content()) return firmware_of(disk->table);
  if (const MachineFacts* here = machine()) return here->firmware();
  return std::nullopt;
}

const BootNic& Subject::nic() {
  return kept_->nic.get([this] {
    const boot::BootProfile* const plan = profile();
    BootNic nic;
    if (!options_.nic.empty()) nic = named_nic(options_.nic, options_.live_root);
    // The permanent address of a NIC that belongs to a bond is only among the facts of the machine.
    if (const MachineFacts* here = machine(); here != nullptr) {
      const LiveNic* const found =
          options_.nic.empty() ? boot_interface(*here, plan, "") : here->nic(nic.interface);
      if (found != nullptr) nic = {found->driver, found->vendor, found->device, found->name, found->mac};
    }
    // Without --live the plan is about another machine, whose NIC is only of the same kind.
    if (plan != nullptr && !plan->mac.empty() && (!options_.live || nic.mac.empty())) nic.mac = plan->mac;
    return nic;
  });
}

const os::LinuxSystem* Subject::linux_system() {
  return kept_->linux_system
      .get([this]() -> std::shared_ptr<const os::LinuxSystem> {
        if (const os::DiskContent* disk = content()) return os::read_linux_system(*disk);
        if (!options_.live) return nullptr;
        return os::read_linux_system(
            std::make_shared<os::SystemTree>(filesystem::directory_tree(options_.live_root)));
      })
      .get();
}

const os::WindowsSystem* Subject::windows_system() {
  return kept_->windows_system
      .get([this]() -> std::shared_ptr<const os::WindowsSystem> {
        const os::DiskContent* disk = content();
        return disk == nullptr ? nullptr : os::read_windows_system(*disk);
      })
      .get();
}

const TargetFacts* Subject::target() {
  return kept_->target
      .get([this]() -> std::shared_ptr<const TargetFacts> {
        if (profile() == nullptr && !is_lun(options_.device)) return nullptr;
        return read_target_facts(options_, profile(), login());
      })
      .get();
}

const MachineFacts* Subject::machine() {
  return kept_->machine
      .get([this]() -> std::shared_ptr<const MachineFacts> {
        return options_.live ? read_machine_facts(options_.live_root) : nullptr;
      })
      .get();
}

std::uint64_t Subject::bytes_read() const {
  return kept_->counted == nullptr ? 0 : kept_->counted->bytes_read();
}

}  // namespace san::preflight
