// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_backstore.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "core/error.h"
#include "core/hash.h"
#include "core/process/log.h"
#include "system/fd.h"
#include "target/lio/lio_text.h"
#include "target/pool/volume_revision.h"

namespace san::target {

namespace {

// FD_MAX_DEV_NAME of target_core_file.h; a longer path is cut off silently.
constexpr std::size_t kMaxPath = 255;

/// Returns the bytes of a file or device; 0 if it cannot be opened.
std::uint64_t size_of(const std::string& path) {
  const Fd file = open_path(path, O_RDONLY | O_NONBLOCK);
  if (!file) return 0;
  const off_t end = ::lseek(file.get(), 0, SEEK_END);
  return end < 0 ? 0 : static_cast<std::uint64_t>(end);
}

/// Checks that LIO can use the volume, and returns its size in bytes. LIO would create a missing file, empty,
/// and give its LUN any size.
std::uint64_t check_volume(const TargetVolume& volume) {
  const std::string& path = volume.path;
  // The kernel splits "fd_dev_name=PATH,fd_dev_size=SIZE" at commas and line feeds.
  if (!path.starts_with('/') || path.size() > kMaxPath || path.find_first_of(",\n") != std::string::npos ||
      std::string_view(" \t\r").find(path.back()) != std::string_view::npos)
    throw Error(Exit::failed, path,
                "LIO takes absolute paths of at most 255 bytes, without commas and with no blank at the end");
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) throw system_error(path, "find it", errno);
  if (volume.block_device ? !S_ISBLK(status.st_mode) : !S_ISREG(status.st_mode))
    throw Error(Exit::failed, path, volume.block_device ? "it is not a block device" : "it is not a file");
  const std::uint64_t size = size_of(path);
  if (volume.block_size == 0 || size < volume.block_size || size % volume.block_size != 0)
    throw Error(Exit::failed, path,
                fmt::format("its {} bytes are not a number of blocks of {} bytes", size, volume.block_size));
  return size;
}

/// Returns a name that users recognise and that is unique: "host1-5f0c2a77". rtslib-fb forbids "/" and
/// blanks.
std::string backstore_name(const std::string& path, const std::string& serial) {
  std::string name = path.substr(path.rfind('/') + 1);
  name = name.substr(0, std::min(name.find('.'), std::size_t{48}));
  for (char& c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!plain) c = '-';
  }
  return name + "-" + serial.substr(0, 8);
}

/// Returns the lowest number that no "fileio_N", "iblock_N", … has: rtslib-fb counts all kinds together.
std::uint32_t free_number(const Configfs& configfs) {
  std::set<std::uint32_t> taken;
  for (const std::string& name : configfs.directories("core"))
    if (const auto number = number_behind("", name.substr(name.rfind('_') + 1), UINT32_MAX - 1))
      taken.insert(*number);
  std::uint32_t number = 0;
  while (taken.contains(number)) ++number;
  return number;
}

void set_up(Configfs& configfs, const Backstore& made, const TargetVolume& volume, std::uint64_t size,
            const std::string& serial) {
  const auto set = [&](std::string_view attribute, std::string_view value) {
    configfs.write(fmt::format("{}/{}", made.path, attribute), value);
  };
  if (volume.block_device) {
    set("control", fmt::format("udev_path={}", volume.path));
    set("control", fmt::format("readonly={}", volume.read_only ? 1 : 0));
  } else {
    set("control", fmt::format("fd_dev_name={},fd_dev_size={}", volume.path, size));
  }
  set("udev_path", volume.path);
  set("enable", "1");
  set("wwn/vpd_unit_serial", serial);
  // Older kernels have no such attribute, and saveconfig.json does not keep it: after a restart of the target
  // a clone to the volume is read back once.
  const std::string revision = volume.block_device ? "" : volume_revision(volume.path);
  if (!revision.empty() && !configfs.read_or(made.path + "/wwn/revision", "").empty())
    set("wwn/revision", revision);
  const auto hardware = whole_number(configfs.read_or(made.path + "/attrib/hw_block_size", ""));
  if (hardware && *hardware > volume.block_size)
    throw Error(Exit::failed, volume.path,
                fmt::format("its blocks have {} bytes, so that its LUN's cannot have {}", *hardware,
                            volume.block_size));
  set("attrib/block_size", fmt::format("{}", volume.block_size));
  // LIO finds out only now whether the volume can unmap, and refuses the attribute if it cannot.
  if (!volume.thin) return;
  try {
    set("attrib/emulate_tpu", "1");
    set("attrib/emulate_tpws", "1");
  } catch (const Error&) {
    if (!volume.block_device) throw;
    log::warning("{}: the device cannot discard blocks; its LUN takes no UNMAP", volume.path);
  }
}

}  // namespace

std::vector<Backstore> backstores(const Configfs& configfs) {
  std::vector<Backstore> found;
  for (const std::string& group : configfs.directories("core")) {
    const std::size_t number = group.rfind('_');
    if (number == std::string::npos) continue;  // core/alua
    for (const std::string& name : configfs.directories("core/" + group))
      found.push_back({fmt::format("core/{}/{}", group, name), group.substr(0, number), name});
  }
  return found;
}

std::optional<Backstore> backstore_at(const Configfs& configfs, const std::string& absolute) {
  for (const Backstore& one : backstores(configfs))
    if (configfs.resolve(one.path) == absolute) return one;
  return std::nullopt;
}

std::optional<Backstore> backstore_of(const Configfs& configfs, const std::string& path) {
  for (const Backstore& one : backstores(configfs))
    if (volume_of(configfs, one).volume.path == path) return one;
  return std::nullopt;
}

AttachedLun volume_of(const Configfs& configfs, const Backstore& backstore) {
  const std::string text = configfs.read_or(backstore.path + "/info", "");
  const LioDeviceInfo info = parse_device_info(std::as_bytes(std::span(text)));
  AttachedLun found;
  found.volume.path = configfs.read_or(backstore.path + "/udev_path", "");
  if (found.volume.path.empty()) found.volume.path = info.path;
  found.volume.block_device = backstore.kind != "fileio";
  const std::string attributes = backstore.path + "/attrib/";
  const auto block = whole_number(configfs.read_or(attributes + "block_size", "")).value_or(512);
  found.volume.block_size = static_cast<std::uint32_t>(std::min<std::uint64_t>(block, UINT32_MAX));
  found.volume.thin = configfs.read_or(attributes + "emulate_tpu", "") == "1";
  found.volume.read_only = info.read_only;
  found.size = info.size ? *info.size : size_of(found.volume.path);
  return found;
}

std::string unit_serial(const std::string& target, const std::string& path) {
  const std::string named = target + "\n" + path;
  const std::string hex = hash128(std::as_bytes(std::span(named))).hex();
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

Backstore add_backstore(Configfs& configfs, const std::string& target, const TargetVolume& volume) {
  const std::uint64_t size = check_volume(volume);
  const std::string serial = unit_serial(target, volume.path);
  Backstore made;
  made.kind = volume.block_device ? "iblock" : "fileio";
  made.name = backstore_name(volume.path, serial);
  const std::string group = fmt::format("core/{}_{}", made.kind, free_number(configfs));
  made.path = group + "/" + made.name;
  configfs.make_directory(group);
  try {
    configfs.make_directory(made.path);
    set_up(configfs, made, volume, size, serial);
  } catch (...) {
    release_backstore(configfs, made);
    throw;
  }
  return made;
}

void release_backstore(Configfs& configfs, const Backstore& backstore) {
  try {
    if (configfs.is_directory(backstore.path)) configfs.remove_directory(backstore.path);
    // Backstores made by targetcli may share it.
    configfs.remove_directory(backstore.path.substr(0, backstore.path.rfind('/')));
  } catch (const Error& error) {
    log::debug("{}", error.what());
  }
}

void release_unused(Configfs& configfs, const std::string& target, const std::string& path) {
  const auto name_for = [&target](const std::string& volume) {
    return backstore_name(volume, unit_serial(target, volume));
  };
  const auto is_ours = [](std::string_view group) {
    return group.starts_with("fileio_") || group.starts_with("iblock_");
  };
  for (const Backstore& one : backstores(configfs)) {
    if (!is_ours(one.kind + "_")) continue;
    const std::string known = volume_of(configfs, one).volume.path;
    if ((!known.empty() && one.name == name_for(known)) || (!path.empty() && one.name == name_for(path)))
      release_backstore(configfs, one);
  }
  for (const std::string& group : configfs.directories("core"))
    if (is_ours(group) && configfs.directories("core/" + group).empty()) {
      try {
        configfs.remove_directory("core/" + group);
      } catch (const Error& error) {
        log::debug("{}", error.what());
      }
    }
}

}  // namespace san::target
