// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_driver.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "system/file/atomic_file.h"
#include "target/pool/volume_size.h"
#include "target/tgt/tgt_conf.h"

namespace san::target {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

/// Reads a regular file; returns nothing for anything else: reading a pipe would not end.
std::string content(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TargetState to_state(const TgtTarget& target, std::map<std::string, std::string> parameters) {
  TargetState state;
  state.name = target.name;
  state.parameters = std::move(parameters);
  for (const TgtLun& lun : target.luns) {
    if (lun.type != "disk") continue;
    const VolumeSize size = volume_size(lun.path);
    state.luns.push_back(
        {lun.lun, size.bytes, {lun.path, size.block_device, lun.block_size, lun.thin, lun.read_only}});
  }
  for (const std::string& rule : target.acl)
    if (rule != kNoAddress) state.access.initiators.push_back(rule);
  for (const std::string& user : target.incoming) state.access.incoming.push_back({user, ""});
  for (const std::string& user : target.outgoing) state.access.outgoing.push_back({user, ""});
  for (const TgtSession& session : target.sessions)
    state.sessions.push_back({session.initiator, session.address});
  return state;
}

/// Throws if another file defines the target: tgt-admin would add up both definitions, and make its LUNs
/// twice.
void check_not_elsewhere(const std::string& directory, const std::string& own, const std::string& target) {
  const auto check = [&own, &target](const std::filesystem::path& path) {
    if (path != own && tgt_conf_defines(content(path), target))
      throw Error(Exit::refused, target,
                  fmt::format("is written down in {}, which is not sanlun's", path.string()),
                  "change that file, or take the target out of it");
  };
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (entry.path().extension() == ".conf") check(entry.path());
  check(std::filesystem::path(directory).parent_path() / "targets.conf");
}

/// Throws if the path of our file is occupied: by a link, through which users with access to the directory
/// could have any file changed, or by a definition that sanlun has not written.
void check_ours(const std::string& path) {
  struct stat status = {};
  if (lstat(path.c_str(), &status) != 0) return;
  if (!S_ISREG(status.st_mode))
    throw Error(Exit::refused, path,
                S_ISLNK(status.st_mode) ? "is a symbolic link, which sanlun does not make" : "is not a file",
                "find out who made it, and remove it");
  const Secret text(content(path));
  if (!text.empty() && !tgt_conf_is_ours(text))
    throw Error(Exit::refused, path, "was not made by sanlun", "move it away, or change the target with it");
}

}  // namespace

TgtDriver::TgtDriver(std::string config, std::uint16_t control_port)
    : config_(std::move(config)), control_port_(control_port), tgtadm_(control_port) {}

void TgtDriver::require() {
  // tgtd does not answer other users, and gives no error.
  if (geteuid() != 0) throw Error(Exit::failed, "tgt", "accepts commands from root only", "run this as root");
  targets();
  if (::access(config_.c_str(), W_OK | X_OK) != 0)
    throw system_error(config_, "write down targets there", errno,
                       Hint(HintId::tgt_config, "name the directory that tgt's targets.conf includes"));
}

std::vector<TgtTarget> TgtDriver::targets() const {
  auto all = parse_tgt_targets(bytes_of(tgtadm_.run("tgt", {"--op", "show", "--mode", "target"})));
  std::erase_if(all, [](const TgtTarget& target) { return target.driver != "iscsi"; });
  return all;
}

TgtTarget TgtDriver::find(const std::string& name) const {
  for (TgtTarget& target : targets())
    if (target.name == name) return std::move(target);
  throw Error(Exit::failed, name, "tgt has no such target");
}

std::map<std::string, std::string> TgtDriver::parameters(const TgtTarget& target) const {
  return parse_tgt_parameters(bytes_of(
      tgtadm_.run(target.name, {"--op", "show", "--mode", "target", "--tid", std::to_string(target.tid)})));
}

std::vector<TargetState> TgtDriver::list() {
  std::vector<TargetState> states;
  for (const TgtTarget& target : targets()) states.push_back(to_state(target, parameters(target)));
  return states;
}

std::vector<iscsi::Portal> TgtDriver::portals() {
  return parse_tgt_portals(bytes_of(tgtadm_.run("tgt", {"--op", "show", "--mode", "portal"})));
}

std::map<std::string, Secret> TgtDriver::secrets() const {
  std::map<std::string, Secret> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(config_, error))
    if (entry.path().extension() == ".conf") result.merge(tgt_conf_secrets(content(entry.path())));
  return result;
}

std::optional<AccessRule> TgtDriver::access(const std::string& name) {
  AccessRule rule = to_state(find(name), {}).access;
  const auto known = secrets();
  for (auto* list : {&rule.incoming, &rule.outgoing})
    for (ChapAccount& account : *list) {
      const auto secret = known.find(account.user);
      if (secret == known.end()) return std::nullopt;
      account.secret = secret->second;
    }
  return rule;
}

std::optional<AccessRule> TgtDriver::written(const std::string& name) {
  const Secret text(content(config_path(name)));
  if (!tgt_conf_is_ours(text)) return std::nullopt;
  return parse_tgt_conf(text).access;
}

std::string TgtDriver::written_with(const std::string& volume) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(config_, error)) {
    if (entry.path().extension() != ".conf") continue;
    const Secret text(content(entry.path()));
    if (!tgt_conf_is_ours(text)) continue;
    const TgtConf conf = parse_tgt_conf(text);
    if (std::find(conf.volumes.begin(), conf.volumes.end(), volume) != conf.volumes.end()) return conf.target;
  }
  return {};
}

void TgtDriver::check_written(const std::string& name) {
  check_ours(config_path(name));
}

void TgtDriver::create_target(const std::string& name) {
  check_tgt_word(name, name);
  const auto all = targets();
  std::uint32_t tid = tgt_target_id(name);
  while (std::any_of(all.begin(), all.end(), [tid](const TgtTarget& other) { return other.tid == tid; }))
    ++tid;
  tgtadm_.run(name, {"--op", "new", "--mode", "target", "--tid", std::to_string(tid), "-T", name});
}

void TgtDriver::delete_target(const std::string& name) {
  const TgtTarget target = find(name);
  // Without --force tgt refuses while a session is logged in.
  tgtadm_.run(name, {"--op", "delete", "--mode", "target", "--tid", std::to_string(target.tid)});
  std::vector<std::string> users = target.incoming;
  users.insert(users.end(), target.outgoing.begin(), target.outgoing.end());
  drop_unused_accounts(users);
}

void TgtDriver::attach(const std::string& name, std::uint16_t lun, const TargetVolume& volume) {
  check_tgt_word(volume.path, volume.path);
  const TgtTarget target = find(name);
  const auto there = [lun](const TgtTarget& one) {
    return std::any_of(one.luns.begin(), one.luns.end(),
                       [lun](const auto& known) { return known.lun == lun; });
  };
  if (there(target)) throw Error(Exit::failed, name, fmt::format("it has a LUN {} already", lun));
  const std::string tid = std::to_string(target.tid), number = std::to_string(lun);
  const std::string object = fmt::format("{}, LUN {}", name, lun);
  const TgtIdentity identity = tgt_identity(name, lun, volume.path);
  try {
    tgtadm_.run(object, {"--op", "new", "--mode", "logicalunit", "--tid", tid, "--lun", number, "-b",
                         volume.path, "--blocksize", std::to_string(volume.block_size)});
    tgtadm_.run(object, {"--op", "update", "--mode", "logicalunit", "--tid", tid, "--lun", number, "--params",
                         fmt::format("product_id={},product_rev={},scsi_id={},scsi_sn={}{}{}",
                                     identity.product, identity.revision, identity.serial, identity.serial,
                                     volume.thin ? ",thin_provisioning=1" : "",
                                     volume.read_only ? ",readonly=1" : "")});
  } catch (const Error&) {
    // A command that was reported as failed may have been carried out.
    if (there(find(name))) detach(name, lun);
    throw;
  }
}

void TgtDriver::detach(const std::string& name, std::uint16_t lun) {
  const std::string tid = std::to_string(find(name).tid);
  for (int tries = 1;; ++tries) try {
      tgtadm_.run(fmt::format("{}, LUN {}", name, lun),
                  {"--op", "delete", "--mode", "logicalunit", "--tid", tid, "--lun", std::to_string(lun)});
      return;
    } catch (const Error& error) {
      // "this logical unit is still active" while a command runs.
      if (tries == 20 || error.cause().find("still active") == std::string::npos) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

void TgtDriver::tune(const std::string& name, const std::map<std::string, std::string>& values) {
  const std::string tid = std::to_string(find(name).tid);
  for (const auto& [key, value] : values) {
    // A default value of tgt need not be saved.
    if (!tgt_keeps(key) && !(key == "MaxQueueCmd" && value == "128"))
      log::warning("{}: {} lasts until tgtd ends: tgt-admin does not know it", name, key);
    tgtadm_.run(fmt::format("{}, {}={}", name, key, value),
                {"--op", "update", "--mode", "target", "--tid", tid, "--name", key, "--value", value});
  }
}

std::string TgtDriver::config_path(const std::string& target) const {
  return fmt::format("{}/{}.conf", config_, target);
}

/// Removes what sanlun has saved of a target that does not exist any more, and the accounts that only this
/// file named.
bool TgtDriver::remove_written(const std::string& target) const {
  const std::string path = config_path(target);
  AtomicFile::remove_stale(path);
  check_ours(path);
  const Secret text(content(path));
  std::vector<std::string> users;
  for (const auto& [user, secret] : tgt_conf_secrets(text)) users.push_back(user);
  drop_unused_accounts(users);
  if (unlink(path.c_str()) == 0) return true;
  if (errno != ENOENT) throw system_error(path, "remove it", errno);
  return false;
}

bool TgtDriver::persist(const std::string& name, const AccessRule& access) {
  const std::string path = config_path(name);
  const auto all = targets();
  const auto target =
      std::find_if(all.begin(), all.end(), [&name](const TgtTarget& other) { return other.name == name; });
  if (target == all.end()) return remove_written(name);
  check_not_elsewhere(config_, path, name);
  check_ours(path);
  const Secret text = tgt_conf_text(*target, parameters(*target), access);
  AtomicFile::remove_stale(path);
  if (content(path) == text) return false;
  // It may hold secrets: mode 0600, and complete at every moment.
  AtomicFile file(path, {.mode = 0600, .temporary = AtomicFile::Temporary::partial});
  file.write(std::as_bytes(std::span(text)));
  file.replace();
  return true;
}

}  // namespace san::target
