// SPDX-License-Identifier: Apache-2.0
#include "target/pool/pool.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"
#include "core/units.h"
#include "system/file/atomic_file.h"
#include "system/file_io.h"
#include "target/pool/volume_size.h"

namespace san::target {
namespace {

constexpr std::string_view kSuffix = ".img";

bool is_name(std::string_view name, bool capitals) {
  const auto plain = [capitals](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (capitals && c >= 'A' && c <= 'Z');
  };
  const auto inner = [&plain, capitals](char c) {
    return plain(c) || c == '.' || c == '-' || (capitals && c == '_');
  };
  return !name.empty() && name.size() <= 63 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(), inner);
}

/// Returns the names of the files that end in ".img", without that suffix, sorted.
std::vector<std::string> stems(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (const std::string name = entry.path().filename().string(); name.ends_with(kSuffix))
      names.push_back(name.substr(0, name.size() - kSuffix.size()));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void check_volume_name(std::string_view name) {
  if (is_name(name, false)) return;
  throw Error(Exit::usage, printable(name), "this is not a name for a volume",
              "use small letters, digits, . and -, at most 63, a letter or digit in front");
}

void check_snapshot_name(std::string_view name) {
  if (is_name(name, true)) return;
  throw Error(Exit::usage, printable(name), "this is not a name for a snapshot",
              "use letters, digits, . - and _, at most 63, a letter or digit in front");
}

Pool::Pool(const std::string& directory)
    : directory_(std::filesystem::absolute(directory).lexically_normal()) {
  if (directory_.size() > 1 && directory_.ends_with('/')) directory_.pop_back();
}

std::string Pool::volume(const std::string& name) const {
  check_volume_name(name);
  return fmt::format("{}/{}{}", directory_, name, kSuffix);
}

std::string Pool::snapshot(const std::string& name, const std::string& snapshot) const {
  check_volume_name(name);
  check_snapshot_name(snapshot);
  return fmt::format("{}/{}@{}{}", directory_, name, snapshot, kSuffix);
}

std::vector<std::string> Pool::volumes() const {
  auto names = stems(directory_);
  std::erase_if(names, [](const std::string& name) { return !is_name(name, false); });
  return names;
}

std::vector<Snapshot> Pool::snapshots(const std::string& name) const {
  std::vector<Snapshot> result;
  for (const std::string& stem : stems(directory_)) {
    if (!stem.starts_with(name + "@")) continue;
    const std::string snapshot = stem.substr(name.size() + 1);
    if (!is_name(snapshot, true)) continue;
    const std::string path = this->snapshot(name, snapshot);
    result.push_back({snapshot, path, volume_size(path).bytes});
  }
  return result;
}

void Pool::make_directory() const {
  std::error_code error;
  if (std::filesystem::is_directory(directory_, error)) return;
  std::filesystem::create_directories(std::filesystem::path(directory_).parent_path(), error);
  if (error) throw Error(Exit::failed, directory_, fmt::format("cannot make the pool: {}", error.message()));
  // Never accessible to other users, not even for a moment.
  if (mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST)
    throw system_error(directory_, "make the pool", errno);
}

void Pool::create(const std::string& name, std::uint64_t size, bool allocate) const {
  const std::string path = volume(name);
  AtomicFile file(path, {.mode = 0600, .temporary = AtomicFile::Temporary::partial});
  if (const Room now = room(); allocate && size > now.free)
    throw Error(
        Exit::refused, path,
        fmt::format("there is no room for {}: {} are free", format_size(size), format_size(now.free)),
        Hint(HintId::volume_that_grows, "make a volume that grows as it is written, or choose another pool"));
  if (ftruncate(file.fd(), static_cast<off_t>(size)) != 0)
    throw system_error(path, fmt::format("make it {} long", format_size(size)), errno);
  if (const int error = allocate ? fallocate_fully(file.fd(), 0, 0, size) : 0; error != 0)
    throw system_error(path, fmt::format("reserve {}", format_size(size)), error);
  if (!file.commit_new()) throw Error(Exit::refused, path, "this file already exists");
}

Pool::Room Pool::room() const {
  Room result;
  struct statvfs status = {};
  if (statvfs(directory_.c_str(), &status) == 0) result.free = status.f_bavail * status.f_frsize;
  for (const std::string& stem : stems(directory_))
    if (const VolumeSize size = volume_size(fmt::format("{}/{}{}", directory_, stem, kSuffix));
        size.bytes > size.allocated)
      result.promised += size.bytes - size.allocated;
  return result;
}

}  // namespace san::target
