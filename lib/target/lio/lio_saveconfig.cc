// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_saveconfig.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "system/fd.h"
#include "system/file/atomic_file.h"
#include "target/lio/json_list.h"

namespace san::target {

namespace {

constexpr int kMaxDepth = 32;                             // rtslib-fb's own are 7 levels deep
constexpr std::size_t kMaxSize = std::size_t{256} << 20;  // a file that is no saveconfig.json

/// Returns "fileio/host1-5f0c2a77" for a storage object or for "/backstores/fileio/host1-5f0c2a77"; empty for
/// anything else.
std::string key_of(const Json& object) {
  if (object.is_string()) {
    const std::string path = object.get<std::string>();
    constexpr std::string_view kFront = "/backstores/";
    return path.starts_with(kFront) ? path.substr(kFront.size()) : std::string();
  }
  const auto plugin = object.find("plugin"), name = object.find("name");
  if (plugin == object.end() || name == object.end() || !plugin->is_string() || !name->is_string()) return {};
  return plugin->get<std::string>() + "/" + name->get<std::string>();
}

std::set<std::string> used_by(const Json& target) {
  std::set<std::string> keys;
  for (const Json& group : list_in(target, "tpgs"))
    for (const Json& lun : list_in(group, "luns"))
      if (lun.is_object() && lun.contains("storage_object")) keys.insert(key_of(lun["storage_object"]));
  return keys;
}

bool is_target(const Json& entry, const std::string& name) {
  const auto wwn = entry.find("wwn");
  return wwn != entry.end() && *wwn == name;
}

std::string read_all(const Fd& file, const std::string& path) {
  std::string text;
  char part[64 << 10];
  for (;;) {
    const ssize_t count = ::read(file.get(), part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(path, "read it", errno);
    if (count == 0) return text;
    text.append(part, static_cast<std::size_t>(count));
    if (text.size() > kMaxSize) throw Error(Exit::failed, path, "it is too large to be a saveconfig.json");
  }
}

}  // namespace

Json parse_saveconfig(std::span<const std::byte> text, const std::string& name) {
  const std::string_view json(reinterpret_cast<const char*>(text.data()), text.size());
  bool deep = false;
  const auto watch = [&deep](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
    if (depth > kMaxDepth) deep = true;
    return !deep;
  };
  Json config;
  try {
    config = Json::parse(json.begin(), json.end(), watch);
  } catch (const Json::parse_error& error) {
    // The parser's message quotes a piece of the file, which may be a secret.
    throw Error(Exit::failed, name, fmt::format("it is not JSON; the fault is at byte {}", error.byte),
                "correct it, or move it away and run \"targetctl save\"");
  } catch (const Json::exception&) {
    throw Error(Exit::failed, name, "it has a number in it that is too large");
  }
  const auto bad = [&](std::string cause) { return Error(Exit::failed, name, std::move(cause)); };
  if (deep) throw bad("it is nested too deeply to be a saveconfig.json");
  if (!config.is_object()) throw bad("it is not a saveconfig.json, which is one object");
  for (const char* key : {"storage_objects", "targets"}) {
    if (!config.contains(key)) continue;
    if (!config[key].is_array()) throw bad(fmt::format("\"{}\" in it is not a list", key));
    for (const Json& entry : config[key])
      if (!entry.is_object()) throw bad(fmt::format("\"{}\" in it has something other than objects", key));
  }
  return config;
}

void replace_target(Json& config, const std::string& target, const Json& saved) {
  // A new key moves the others in memory: references are taken when both exist.
  for (const char* key : {"storage_objects", "targets"})
    if (!config.contains(key)) config[key] = Json::array();
  Json& objects = config["storage_objects"];
  Json& targets = config["targets"];

  std::set<std::string> ours, others;
  const Json& saved_targets = list_in(saved, "targets");
  bool placed = saved_targets.empty();
  Json kept_targets = Json::array();
  for (Json& entry : targets) {
    if (!is_target(entry, target)) {
      others.merge(used_by(entry));
      kept_targets.push_back(std::move(entry));
      continue;
    }
    ours.merge(used_by(entry));
    if (!placed) {
      for (const auto& [key, value] : saved_targets[0].items()) entry[key] = value;
      kept_targets.push_back(std::move(entry));
    }
    placed = true;
  }
  if (!placed) kept_targets.push_back(saved_targets[0]);
  targets = std::move(kept_targets);

  Json fresh = list_in(saved, "storage_objects"), kept_objects = Json::array();
  for (Json& entry : objects) {
    const std::string key = key_of(entry);
    std::size_t i = 0;
    while (i < fresh.size() && key_of(fresh[i]) != key) ++i;
    if (i < fresh.size()) {
      for (const auto& [name, value] : fresh[i].items()) entry[name] = value;
      fresh.erase(i);
    } else if (ours.contains(key) && !others.contains(key) && !key.empty()) {
      continue;
    }
    kept_objects.push_back(std::move(entry));
  }
  for (Json& entry : fresh) kept_objects.push_back(std::move(entry));
  objects = std::move(kept_objects);
}

Json read_saveconfig(const std::string& path) {
  const Fd file = open_path(path, O_RDONLY);
  if (!file && errno == ENOENT) return Json::object();
  if (!file) throw system_error(path, "open it", errno);
  const Secret text(read_all(file, path));
  return parse_saveconfig(std::as_bytes(std::span(text)), path);
}

bool save_target(const Configfs& configfs, const std::string& target, const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) throw system_error(directory.string(), "make it", failed.value());
  // Without the lock two processes could overwrite each other's target; targetctl and targetcli use no lock
  // for this file.
  const Fd lock = open_path(directory.string(), O_RDONLY | O_DIRECTORY);
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) throw system_error(directory.string(), "lock it", errno);

  // A partial file of a killed process may hold secrets.
  AtomicFile::remove_stale(path);
  Json config = read_saveconfig(path);
  const Json before = config;
  replace_target(config, target, dump_target(configfs, target));
  struct stat status = {};
  const bool closed = ::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) == 0;
  if (config == before && closed) return false;
  Secret text;
  try {
    text = config.dump(2, ' ', true) + "\n";
  } catch (const Json::type_error&) {
    throw Error(Exit::failed, path, "a name or a secret of " + target + " is not UTF-8, which JSON needs");
  }
  // A temporary name first, so that the file is complete at every moment.
  AtomicFile file(path, {.mode = 0600, .temporary = AtomicFile::Temporary::partial});
  file.write(std::as_bytes(std::span(text)));
  file.replace();
  return true;
}

std::string saveconfig_path() {
  const std::string debian = "/etc/rtslib-fb-target";
  return (std::filesystem::is_directory(debian) ? debian : "/etc/target") + "/saveconfig.json";
}

}  // namespace san::target
