// SPDX-License-Identifier: Apache-2.0
#include "target/unfinished.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"
#include "system/fd.h"
#include "system/file/atomic_file.h"
#include "system/file_io.h"

namespace san::target {
namespace {

constexpr std::string_view kSuffix = ".unfinished";
constexpr std::size_t kMaxSize = 64 * 1024;

std::string path_of(const Pool& pool, const Unfinished& work) {
  std::string stem = work.target.empty() || work.verb == "snapshot" ? work.name : work.target;
  std::replace(stem.begin(), stem.end(), '/', '_');
  return fmt::format("{}/{}{}", pool.directory(), stem, kSuffix);
}

Json to_json(const Unfinished& work) {
  Json json = {{"verb", work.verb},
               {"name", work.name},
               {"target", work.target},
               {"users", work.users},
               {"makes_target", work.makes_target},
               {"makes_rules", work.makes_rules},
               {"volume",
                {{"path", work.volume.path},
                 {"block_device", work.volume.block_device},
                 {"block_size", work.volume.block_size},
                 {"thin", work.volume.thin},
                 {"read_only", work.volume.read_only}}}};
  if (work.lun) json["lun"] = *work.lun;
  return json;
}

Unfinished from_json(const Json& json) {
  Unfinished work;
  json.at("verb").get_to(work.verb);
  json.at("name").get_to(work.name);
  json.at("target").get_to(work.target);
  json.at("users").get_to(work.users);
  json.at("makes_target").get_to(work.makes_target);
  json.at("makes_rules").get_to(work.makes_rules);
  const Json& volume = json.at("volume");
  volume.at("path").get_to(work.volume.path);
  volume.at("block_device").get_to(work.volume.block_device);
  volume.at("block_size").get_to(work.volume.block_size);
  volume.at("thin").get_to(work.volume.thin);
  volume.at("read_only").get_to(work.volume.read_only);
  if (json.contains("lun")) work.lun = json["lun"].get<std::uint16_t>();
  return work;
}

/// Returns nothing if the file has been removed in the meantime.
std::optional<Unfinished> read(const std::string& path) {
  const Fd file = open_path(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file && errno == ELOOP)
    throw Error(Exit::refused, path, "is a symbolic link, which sanlun does not make",
                "find out who made it, and remove it");
  if (!file) throw system_error(path, "read it", errno);
  std::string text(kMaxSize, '\0');
  const Transfer got = read_fully(file.get(), 0, std::as_writable_bytes(std::span(text)));
  if (got.error != 0) throw system_error(path, "read it", got.error);
  text.resize(got.bytes);
  try {
    return from_json(Json::parse(text));
  } catch (const Json::exception&) {
    throw Error(Exit::failed, path, "is not what sanlun writes there", "remove it");
  }
}

std::vector<std::string> files(const Pool& pool) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(pool.directory(), error))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void remove(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) throw system_error(path, "remove it", errno);
}

}  // namespace

Journal::Journal(const Pool& pool, const Unfinished& work) : path_(path_of(pool, work)) {
  pool.make_directory();
  const std::string text = to_json(work).dump(2) + "\n";
  AtomicFile file(path_, {.mode = 0600, .temporary = AtomicFile::Temporary::partial});
  file.write(std::as_bytes(std::span(text)));
  file.replace();
}

void Journal::close() {
  remove(path_);
}

void forget(const Pool& pool, const Unfinished& work) {
  remove(path_of(pool, work));
}

std::optional<Unfinished> unfinished_work(const Pool& pool, const std::string& name,
                                          const std::string& target) {
  for (const std::string& file : files(pool)) {
    if (!file.ends_with(kSuffix)) continue;
    auto work = read(pool.directory() + "/" + file);
    if (!work || work->verb == "snapshot") continue;
    if ((!target.empty() && work->target == target) || (!name.empty() && work->name == name)) return work;
  }
  return std::nullopt;
}

bool snapshot_unfinished(const Pool& pool, const std::string& name, const std::string& snapshot) {
  Unfinished work;
  work.verb = "snapshot";
  work.name = name + "@" + snapshot;
  return read(path_of(pool, work)).has_value();
}

void refuse_unfinished(const Pool& pool, const std::string& target, const std::string& verb) {
  const auto work = unfinished_work(pool, "", target);
  if (!work || work->verb == verb) return;
  throw Error(
      Exit::refused, printable(target),
      Hint(HintId::cut_short, fmt::format("\"{} {}\" was cut short there", work->verb, printable(work->name)),
           {work->verb, printable(work->name)})
          .text(),
      work->verb == "delete"
          ? Hint("run it again first")
          : Hint(HintId::delete_target, "run it again first, or delete the target", {printable(work->name)}));
}

void remove_leftovers(const Pool& pool, const std::string& name) {
  const std::string volume = pool.volume(name);
  AtomicFile::remove_stale(volume);
  AtomicFile::remove_stale(volume + ".rollback");
  remove(volume + ".rollback");
  for (const std::string& file : files(pool)) {
    if (!file.starts_with(name + "@")) continue;
    const std::string path = pool.directory() + "/" + file;
    if (file.ends_with(".img.partial")) AtomicFile::remove_stale(path.substr(0, path.rfind('.')));
    if (file.ends_with(kSuffix)) remove(path);
  }
}

}  // namespace san::target
