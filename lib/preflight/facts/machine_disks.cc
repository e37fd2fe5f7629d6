// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "preflight/facts/machine_facts.h"
#include "system/mount/mounts.h"
#include "system/sysfs.h"

namespace san::preflight {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMaxDepth = 16;

template <typename T>
std::optional<T> number(const std::string& text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Follows the layers of block devices down to whole disks.
class Chain {
 public:
  Chain(const std::string& root, const std::vector<Mount>& mounts, const std::vector<IscsiSession>& sessions)
      : root_(root), files_(root), mounts_(mounts), sessions_(sessions) {}

  /// The disks below the file system of that mount.
  void follow_mount(const Mount& mount, LiveMount& place, unsigned depth = 0) {
    if (mount.major != 0) {
      follow(makedev(mount.major, mount.minor), place, depth);
      return;
    }
    // btrfs has a number of its own for each subvolume; its source names one device, /sys all of them.
    if (!mount.source.starts_with("/dev/")) return;
    const auto device = device_of(mount.source);
    if (!device) {
      place.why = fmt::format("{} is not known to /sys", mount.source);
      return;
    }
    for (const dev_t one : members(*device)) follow(one, place, depth);
  }

  void follow_file(const std::string& path, LiveMount& place, unsigned depth) {
    const Mount* best = nullptr;
    for (const Mount& mount : mounts_) {
      const std::string point = mount.point == "/" ? "/" : mount.point + "/";
      // The last one mounted on a directory is the one that is seen.
      if (path.starts_with(point) && (best == nullptr || mount.point.size() >= best->point.size()))
        best = &mount;
    }
    if (best != nullptr) follow_mount(*best, place, depth);
  }

  /// The disks below that block device.
  void follow_device(dev_t device, LiveMount& place) { follow(device, place, 0); }

  /// The number of the block device of that name in /dev.
  std::optional<dev_t> device_of(const std::string& path) const {
    std::error_code failed;
    // A link in /dev/mapper or /dev/disk leads to the kernel's own name.
    const fs::path target = fs::canonical(root_ + path, failed);
    struct stat status = {};
    if (!failed && stat(target.c_str(), &status) == 0 && S_ISBLK(status.st_mode)) return status.st_rdev;
    return files_.device((failed ? fs::path(path) : target).filename().string());
  }

 private:
  std::vector<dev_t> members(dev_t device) const {
    for (const std::string& id : files_.names("/sys/fs/btrfs")) {
      std::vector<dev_t> found;
      for (const std::string& name : files_.names("/sys/fs/btrfs/" + id + "/devices"))
        if (const auto member = files_.device(name)) found.push_back(*member);
      if (std::find(found.begin(), found.end(), device) != found.end()) return found;
    }
    return {device};
  }

  void follow(dev_t device, LiveMount& place, unsigned depth) {
    if (depth > kMaxDepth) {
      place.why = "devices are stacked on devices endlessly";
      return;
    }
    if (const auto disk = files_.whole_disk(device)) {
      follow(*disk, place, depth + 1);
      return;
    }
    if (const std::string file = files_.backing_file(device); !file.empty()) {
      follow_file(file, place, depth + 1);
      return;
    }
    const auto below = files_.slaves(device);
    for (const dev_t one : below) follow(one, place, depth + 1);
    if (below.empty()) add(device, place);
  }

  void add(dev_t device, LiveMount& place) {
    const std::string directory = fmt::format("{}/sys/dev/block/{}:{}", root_, major(device), minor(device));
    std::error_code failed;
    const std::string own = fs::canonical(directory, failed).string();
    if (failed) {
      place.why = fmt::format("{} is not known to /sys", files_.name(device));
      return;
    }
    // zram, ram: memory, no disk; device-mapper and MD without anything below are broken, and say so by name.
    const bool memory = own.find("/virtual/block/zram") != std::string::npos ||
                        own.find("/virtual/block/ram") != std::string::npos;
    if (memory) return;
    LiveDisk disk;
    disk.name = files_.name(device);
    const std::string at = fs::canonical(directory + "/device", failed).string();
    const std::size_t begin = root_.empty() ? 4 : fs::canonical(root_, failed).string().size() + 4;
    disk.device = (at.empty() ? own : at).substr(std::min((at.empty() ? own : at).size(), begin));
    find_session(disk);
    const auto same = [&disk](const LiveDisk& other) { return other.name == disk.name; };
    if (std::none_of(place.disks.begin(), place.disks.end(), same)) place.disks.push_back(std::move(disk));
  }

  void find_session(LiveDisk& disk) const {
    for (const IscsiSession& session : sessions_)
      if (disk.device.find("/" + session.name + "/") != std::string::npos) disk.session = session;
    // HOST:CHANNEL:TARGET:LUN
    if (const std::size_t colon = disk.device.rfind(':'); disk.session && colon != std::string::npos)
      disk.lun = number<std::uint16_t>(disk.device.substr(colon + 1));
  }

  const std::string root_;
  const Sysfs files_;
  const std::vector<Mount>& mounts_;
  const std::vector<IscsiSession>& sessions_;
};

/// The part of a path in /sys that is `prefix` and digits: "host2" of "/…/host2/session1".
std::string component(const std::string& path, const std::string& prefix) {
  for (const fs::path& part : fs::path(path)) {
    const std::string name = part.string();
    if (name.size() > prefix.size() && name.starts_with(prefix) &&
        name.find_first_not_of("0123456789", prefix.size()) == std::string::npos)
      return name;
  }
  return {};
}

std::string known(std::string text) {
  return text == "(null)" || text == "<NULL>" || text == "unknown" ? std::string() : text;
}

std::vector<IscsiSession> read_sessions(const std::string& root) {
  const Sysfs files(root);
  std::vector<IscsiSession> sessions;
  for (const std::string& name : files.names("/sys/class/iscsi_session")) {
    const std::string directory = "/sys/class/iscsi_session/" + name;
    IscsiSession session;
    session.name = name;
    session.target = known(files.line(directory + "/targetname"));
    session.initiator = known(files.line(directory + "/initiatorname"));
    session.state = files.line(directory + "/state");
    session.recovery_tmo = number<long>(files.line(directory + "/recovery_tmo"));
    // "connection1:0" belongs to "session1".
    const std::string connection =
        "/sys/class/iscsi_connection/connection" + name.substr(std::min<std::size_t>(name.size(), 7)) + ":0";
    session.address = known(files.line(connection + "/persistent_address"));
    if (session.address.empty()) session.address = known(files.line(connection + "/address"));
    session.port = number<std::uint16_t>(files.line(connection + "/persistent_port"));
    std::error_code failed;
    const std::string host = component(fs::canonical(root + directory, failed).string(), "host");
    if (!host.empty()) {
      session.interface = known(files.line("/sys/class/iscsi_host/" + host + "/netdev"));
      if (session.interface == "default") session.interface.clear();
      if (session.initiator.empty())
        session.initiator = known(files.line("/sys/class/iscsi_host/" + host + "/initiatorname"));
    }
    sessions.push_back(std::move(session));
  }
  return sessions;
}

/// Reads the results of udev's blkid: "E:ID_FS_UUID=…" in /run/udev/data/bMAJOR:MINOR.
std::vector<LiveVolume> read_volumes(const Sysfs& files, Chain& chain) {
  std::vector<LiveVolume> volumes;
  for (const std::string& name : files.names("/sys/class/block")) {
    const auto device = files.device(name);
    if (!device) continue;
    std::istringstream text(files.text(fmt::format("/run/udev/data/b{}:{}", major(*device), minor(*device))));
    LiveVolume volume;
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with("E:ID_FS_UUID=")) volume.uuid = line.substr(13);
      if (line.starts_with("E:ID_FS_TYPE=")) volume.type = line.substr(13);
    }
    if (volume.uuid.empty()) continue;
    LiveMount place;
    chain.follow_device(*device, place);
    volume.name = files.name(*device);
    volume.disks = std::move(place.disks);
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

}  // namespace

void read_live_storage(const std::string& root, MachineFacts& facts) {
  const Sysfs files(root);
  facts.sessions = read_sessions(root);
  const std::vector<Mount> mounts = parse_mountinfo(files.text("/proc/self/mountinfo"));
  Chain chain(root, mounts, facts.sessions);
  for (const char* const point : {"/", "/boot", "/boot/efi", "/efi", "/usr", "/var", "/home"}) {
    const auto mount = std::find_if(mounts.rbegin(), mounts.rend(),
                                    [point](const Mount& one) { return one.point == point; });
    if (mount == mounts.rend()) continue;
    LiveMount place{point, mount->source, mount->type, {}, {}};
    // The parts of an overlay are below another mount.
    if (!mount->upper.empty())
      place.why = "it is an overlay";
    else
      chain.follow_mount(*mount, place);
    facts.mounts.push_back(std::move(place));
  }
  for (const std::string& path : parse_swaps(files.text("/proc/swaps"))) {
    LiveMount place{"swap " + path, path, "swap", {}, {}};
    if (const auto device = chain.device_of(path))
      chain.follow_device(*device, place);
    else
      chain.follow_file(path, place, 0);
    facts.mounts.push_back(std::move(place));
  }
  facts.volumes = read_volumes(files, chain);
}

}  // namespace san::preflight
