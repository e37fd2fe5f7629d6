// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/machine.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <thread>

#include "boot/export/exports.h"
#include "core/error.h"
#include "flash/flash_file.h"
#include "flash/flash_settings.h"
#include "flash/uefi/uefi_flash.h"
#include "os/linux/text.h"
#include "preflight/facts/boot_way.h"
#include "system/file_io.h"

namespace san::preflight {
namespace {

constexpr const char* kScript = "boot.ipxe";
constexpr unsigned kMaxProcessors = 4;

/// Returns true if the processor has the extensions for KVM. A kernel without them (pvm, in a hosted guest)
/// may have a /dev/kvm all the same, in which no firmware runs, because firmware begins in real mode.
bool processor_virtualises() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("flags")) continue;
    const auto flags = os::blank_separated(line);
    return std::find(flags.begin(), flags.end(), "vmx") != flags.end() ||
           std::find(flags.begin(), flags.end(), "svm") != flags.end();
  }
  return false;
}

/// Writes the files from which the firmware boots.
MachineFiles prepare(const RehearsalPlan& plan, const PrivateDirectory& directory) {
  MachineFiles files;
  files.serial = directory.write("serial", "");
  files.monitor = directory.file("qmp");
  files.kvm = processor_virtualises();
  if (plan.profile.firmware == boot::Firmware::bios) {
    files.boot = directory.file("tftp");
    std::filesystem::create_directory(files.boot);
    directory.write(fmt::format("tftp/{}", kScript), boot::ipxe_script(plan.profile, {}));
    return files;
  }
  const FirmwareFiles edk2 = edk2_files();
  files.code = edk2.code;
  const auto fresh = flash::read_flash_file(edk2.variables, flash::kMaxFlashFile);
  files.variables = directory.write("variables", {reinterpret_cast<const char*>(fresh.data()), fresh.size()});
  const auto flash = flash::open_uefi_file(edk2.variables, files.variables);
  flash->set(flash::settings_of(plan.profile), 1);
  flash->commit();
  return files;
}

}  // namespace

std::vector<std::string> machine_command(const RehearsalPlan& plan, const MachineFiles& files,
                                         unsigned processors) {
  const bool uefi = plan.profile.firmware == boot::Firmware::uefi;
  const RehearsalNetwork& network = plan.network;
  std::vector<std::string> words = {"qemu-system-x86_64", "-nodefaults", "-no-user-config"};
  const auto add = [&words](const char* option, std::string value) {
    words.emplace_back(option);
    words.push_back(std::move(value));
  };
  // QEMU uses the second one if the first is not available.
  if (files.kvm) add("-accel", "kvm");
  add("-accel", "tcg,thread=multi");
  add("-cpu", "max");
  add("-smp", std::to_string(std::clamp(processors, 1U, kMaxProcessors)));
  add("-m", "2048");
  // Without graphics SeaBIOS, and with it the boot loader, speaks on the serial console as well.
  add("-machine", uefi ? "q35,graphics=off" : "pc,graphics=off");
  add("-display", "none");
  add("-vga", "std");
  add("-chardev", fmt::format("file,id=serial,path={}", files.serial));
  add("-serial", "chardev:serial");
  add("-qmp", fmt::format("unix:{},server=on,wait=off", files.monitor));
  // It stays as it is at the end, so that the target's last numbers can be read.
  add("-action", "reboot=shutdown,shutdown=pause");
  std::string net = fmt::format("user,id=net,ipv6=off,net={},host={},dns={},dhcpstart={}", network.net,
                                network.host, network.dns, network.guest);
  std::string card = fmt::format("{},netdev=net,mac={},bootindex=1", plan.nic.model, plan.profile.mac);
  if (uefi) {
    add("-drive", fmt::format("if=pflash,format=raw,readonly=on,file={}", files.code));
    add("-drive", fmt::format("if=pflash,format=raw,file={}", files.variables));
    card += ",romfile=";  // the firmware's own driver and initiator, no iPXE
  } else {
    net += fmt::format(",tftp={},bootfile={}", files.boot, kScript);
  }
  add("-netdev", std::move(net));
  add("-device", std::move(card));
  return words;
}

RehearsalMachine::RehearsalMachine(const RehearsalPlan& plan, const PrivateDirectory& directory)
    : files_(prepare(plan, directory)) {
  process_ = std::make_unique<ChildProcess>(
      machine_command(plan, files_, std::thread::hardware_concurrency()), "qemu-system-x86");
  monitor_ = std::make_unique<Qmp>(files_.monitor, *process_, "qemu-system-x86_64");
  const bool kvm = monitor_->execute("query-kvm").value("enabled", false);
  description_ = fmt::format("QEMU with{} KVM, {}, {}", kvm ? "" : "out", to_string(plan.profile.firmware),
                             plan.nic.model);
}

RehearsalMachine::~RehearsalMachine() {
  process_->end(std::chrono::seconds(5));
}

std::string RehearsalMachine::serial() const {
  constexpr std::uint64_t kMaxSize = 256 * 1024;
  const Fd file = open_path(files_.serial, O_RDONLY);
  struct stat status = {};
  if (!file || fstat(file.get(), &status) != 0) return {};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::string text(static_cast<std::size_t>(std::min(size, kMaxSize)), '\0');
  text.resize(read_fully(file.get(), size - text.size(), std::as_writable_bytes(std::span(text))).bytes);
  return text;
}

MachineEnd RehearsalMachine::end() {
  for (const nlohmann::json& event : monitor_->events()) {
    if (event.value("event", "") != "SHUTDOWN" || end_ != MachineEnd::none) continue;
    const auto data = event.value("data", nlohmann::json::object());
    end_ = data.value("reason", "") == "guest-reset" ? MachineEnd::reset : MachineEnd::powered_off;
  }
  if (end_ == MachineEnd::none && process_->wait(std::chrono::milliseconds(0))) end_ = MachineEnd::exited;
  return end_;
}

}  // namespace san::preflight
