// SPDX-License-Identifier: Apache-2.0
#include "os/windows/windows_system.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/ascii.h"
#include "core/error.h"
#include "partition/partition_types.h"

namespace san::os {
namespace {

/// Opens the hive in a file of `files`; null, with the reason, if there is none that can be read.
std::unique_ptr<Hive> open_hive(const std::shared_ptr<filesystem::FileTree>& files, const std::string& path,
                                const std::string& name, std::string& why) {
  try {
    const auto info = files->info(path);
    if (!info || info->kind != filesystem::FileInfo::Kind::file) {
      why = path + " is not there";
      return {};
    }
    return std::make_unique<Hive>(name, info->size,
                                  [files, path](std::uint64_t offset, std::uint64_t length) {
                                    return files->read(path, offset, length);
                                  });
  } catch (const Error& error) {
    why = error.cause();
    return {};
  }
}

bool is_file(filesystem::FileTree& files, const std::string& path) {
  try {
    const auto info = files.info(path);
    return info && info->kind == filesystem::FileInfo::Kind::file;
  } catch (const Error&) {
    return false;  // a file system too damaged to look: it holds nothing that boots
  }
}

/// Returns the directory of Windows in `files`; empty if there is none.
std::string windows_directory(filesystem::FileTree& files) {
  // Setup writes "Windows", or "WINDOWS" before Vista. NTFS does not care, a directory of this machine does.
  for (const char* name : {"/Windows", "/WINDOWS"})
    for (const char* hive : {"/System32/config/SYSTEM", "/system32/config/system"})
      if (is_file(files, std::string(name) + hive)) return name;
  return {};
}

void read_version(WindowsSystem& windows) {
  windows.software = open_hive(windows.files, windows.directory + "/System32/config/SOFTWARE", "SOFTWARE",
                               windows.why_no_software);
  if (!windows.software) return;
  try {
    const auto key = windows.software->key("Microsoft\\Windows NT\\CurrentVersion");
    if (!key) return;
    windows.version.product = key->text("ProductName").value_or("");
    windows.version.number = key->text("CurrentVersion").value_or("");
    windows.version.revision = key->dword("UBR");
    const std::string build = key->text("CurrentBuild").value_or("");
    std::uint32_t number = 0;
    const auto end = std::from_chars(build.data(), build.data() + build.size(), number);
    if (end.ec == std::errc() && end.ptr == build.data() + build.size()) windows.version.build = number;
  } catch (const Error& error) {
    windows.why_no_software = error.cause();
    windows.software.reset();
  }
}

void read_drives(WindowsSystem& windows) {
  constexpr std::string_view kLetter = "\\DosDevices\\";
  const auto mounted = windows.system->key("MountedDevices");
  if (!mounted) return;
  for (const HiveValue& value : mounted->values())
    if (value.name.size() == kLetter.size() + 2 && value.name.back() == ':' &&
        same_without_case(value.name.substr(0, kLetter.size()), kLetter))
      windows.drives.push_back({value.name[kLetter.size()], parse_mounted_device(value.bytes)});
}

void read_system_hive(WindowsSystem& windows) {
  windows.system = open_hive(windows.files, windows.directory + "/System32/config/SYSTEM", "SYSTEM",
                             windows.why_no_system);
  if (!windows.system) return;
  try {
    const auto select = windows.system->key("Select");
    const auto current = select ? select->dword("Current") : std::nullopt;
    if (!current) throw Error(Exit::failed, "SYSTEM", "it names no current control set");
    windows.control_set = fmt::format("ControlSet{:03}", *current);
    if (!windows.system->key(windows.control_set))
      throw Error(Exit::failed, "SYSTEM", windows.control_set + " is not there");
    windows.has_driver_database = windows.system->key("DriverDatabase").has_value() ||
                                  windows.exists(windows.directory + "/System32/config/DRIVERS");
    read_drives(windows);
  } catch (const Error& error) {
    windows.why_no_system = error.cause();
    windows.system.reset();
  }
}

void read_stores(const DiskContent& content, WindowsSystem& windows) {
  for (const bool uefi : {true, false}) {
    const std::string path = uefi ? "/EFI/Microsoft/Boot/BCD" : "/Boot/BCD";
    for (std::size_t i = 0; i < content.volumes.size(); ++i) {
      const DiskVolume& volume = content.volumes[i];
      if (!volume.files || !is_file(*volume.files, path)) continue;
      WindowsBootStore found;
      found.uefi = uefi;
      found.volume = i;
      std::string shown = path;
      std::replace(shown.begin(), shown.end(), '/', '\\');
      found.name = volume.name + ", " + shown;
      try {
        if (const auto hive = open_hive(volume.files, path, "BCD", found.why_unreadable)) {
          found.dirty = hive->header().dirty();
          found.store = read_bcd(*hive);
        }
      } catch (const Error& error) {
        found.why_unreadable = error.cause();
      }
      windows.stores.push_back(std::move(found));
    }
  }
}

}  // namespace

std::optional<HiveKey> WindowsSystem::key(std::string_view path) const {
  if (!system || control_set.empty()) return {};
  return system->key(control_set + "\\" + std::string(path));
}

bool WindowsSystem::exists(const std::string& path) const {
  return files && !path.empty() && files->info(path).has_value();
}

std::string WindowsSystem::file_of(std::string_view image) const {
  const auto skip = [&image](std::string_view prefix) {
    if (image.size() < prefix.size() || !same_without_case(image.substr(0, prefix.size()), prefix))
      return false;
    image.remove_prefix(prefix.size());
    return true;
  };
  skip("\"");
  skip("\\??\\");
  std::string path = directory + "/";
  const bool of_windows = skip("\\SystemRoot\\") || skip("%SystemRoot%\\") || skip("%windir%\\");
  if (!of_windows && image.size() > 2 && image[1] == ':') path = skip("C:\\") ? "/" : "";
  if (path.empty()) return path;
  path += image;
  std::replace(path.begin(), path.end(), '\\', '/');
  if (path.back() == '"') path.pop_back();
  return path;
}

std::optional<WindowsService> WindowsSystem::service(std::string_view name) const {
  const auto found = key("Services\\" + std::string(name));
  if (!found) return {};
  WindowsService service;
  service.name = found->name();
  service.key = found->path();
  service.start = found->dword("Start");
  service.boot_flags = found->dword("BootFlags");
  if (const auto override_key = found->key("StartOverride"))
    for (const HiveValue& value : override_key->values())
      if (const auto start = value.dword()) service.start_override.push_back(*start);
  service.image = found->text("ImagePath").value_or("");
  // Without an ImagePath the boot loader takes the driver of the service's name.
  service.file =
      file_of(service.image.empty() ? "System32\\drivers\\" + service.name + ".sys" : service.image);
  service.file_present = exists(service.file);
  return service;
}

bool WindowsSystem::is_nt5() const {
  if (!version.number.empty()) return version.number.front() == '5';
  return !has_winload && has_ntldr;
}

std::optional<bool> WindowsSystem::is_windows8_or_later() const {
  if (version.build) return *version.build >= 9200;
  if (has_driver_database) return true;
  if (is_nt5()) return false;
  return {};
}

std::unique_ptr<WindowsSystem> read_windows_system(const DiskContent& content) {
  auto windows = std::make_unique<WindowsSystem>();
  for (std::size_t i = 0; i < content.volumes.size(); ++i) {
    const DiskVolume& volume = content.volumes[i];
    if (volume.type == "bitlocker") windows->encrypted.push_back(volume.name);
    if (!volume.files || windows->files) continue;
    windows->directory = windows_directory(*volume.files);
    if (windows->directory.empty()) continue;
    windows->volume = i;
    windows->volume_name = volume.name;
    windows->files = volume.files;
  }
  if (!windows->files && windows->encrypted.empty()) return {};
  if (windows->files) {
    const std::string system32 = windows->directory + "/System32/";
    windows->has_winload = is_file(*windows->files, system32 + "winload.exe") ||
                           is_file(*windows->files, system32 + "winload.efi");
    windows->has_ntldr = is_file(*windows->files, "/ntldr");
    read_system_hive(*windows);
    read_version(*windows);
  }
  read_stores(content, *windows);
  return windows;
}

}  // namespace san::os
