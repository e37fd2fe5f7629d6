// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_driver.h"

#include <fmt/core.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/process/log.h"
#include "core/text/table.h"
#include "target/lio/lio_saveconfig.h"
#include "target/lio/lio_text.h"
#include "target/lio/lio_tree.h"

namespace san::target {

namespace {

constexpr std::uint16_t kMaxLun = 255;       // MappedLUN.MAX_LUN of rtslib-fb 2.1
constexpr auto kConfigfsMagic = 0x62656570;  // CONFIGFS_MAGIC of the kernel's fs/configfs/mount.c

Error no_lio(std::string cause, const std::string& hint) {
  return {Exit::failed, "lio", std::move(cause), Hint(HintId::other_driver, hint)};
}

void check_portable(const std::vector<ChapAccount>& accounts, std::string_view direction) {
  if (accounts.size() > 1)
    throw Error(Exit::failed, "lio",
                fmt::format("it has one {} account, not {}", direction, accounts.size()));
  for (const ChapAccount& account : accounts)
    if (account.user.starts_with("NULL") || account.secret.starts_with("NULL"))
      throw Error(Exit::failed, "lio", "a CHAP name or secret that begins with \"NULL\" means none to it");
}

/// Warns of a name that makes LIO's answer unreadable. LIO answers with "CHAP_N=NAME", "CHAP_R=0x" and 32
/// digits, followed by two NULs, and pads this to 4 bytes with the old content of its buffer: digits of the
/// preceding challenge, up to about byte 60. libiscsi 1.19 takes them for text and ends the login (RFC
/// 7143, 11.1: padding should be zeros). Measured with names of 1 to 23 bytes: it fails below 10, except for
/// 2 and 6.
void warn_of_short_name(const std::vector<ChapAccount>& outgoing) {
  if (outgoing.empty() || outgoing.front().user.size() >= 10 || outgoing.front().user.size() % 4 == 2) return;
  log::warning(
      "{}: programs with libiscsi 1.19, such as these tools, cannot read LIO's answer to mutual CHAP with a "
      "name as short as this; 10 bytes are long enough",
      printable(outgoing.front().user));
}

void check_access(const AccessRule& access) {
  check_portable(access.incoming, "incoming");
  check_portable(access.outgoing, "outgoing");
  warn_of_short_name(access.outgoing);
  if (access.incoming.empty() && !access.outgoing.empty())
    throw Error(Exit::failed, "lio",
                "mutual CHAP needs an account of the initiator as well (RFC 7143, 12.1.3)");
  for (const std::string& initiator : access.initiators)
    if (initiator != "ALL") check_lio_name(initiator);
}

}  // namespace

LioDriver::LioDriver(std::unique_ptr<Configfs> configfs, std::string saveconfig, iscsi::Portal portal)
    : configfs_(std::move(configfs)), saveconfig_(std::move(saveconfig)), portal_(std::move(portal)) {}

void LioDriver::require() {
  const std::string& root = configfs_->root();
  if (!configfs_->is_directory("")) {
    const std::string mount = root.substr(0, root.rfind('/'));
    if (::access(mount.c_str(), F_OK) != 0)
      throw no_lio("this kernel has no configfs (" + mount + " is missing), through which LIO is set up",
                   R"(run "modprobe configfs" and "mount -t configfs none )" + mount + "\"");
    struct statfs status = {};
    if (::statfs(mount.c_str(), &status) != 0 || status.f_type != kConfigfsMagic)
      throw no_lio("configfs is not mounted at " + mount, "run \"mount -t configfs none " + mount + "\"");
    throw no_lio("this kernel has no LIO (" + root + " is missing)", "run \"modprobe target_core_mod\"");
  }
  if (::access(configfs_->full("").c_str(), R_OK | W_OK | X_OK) != 0)
    throw Error(Exit::failed, "lio", "only root may change " + root);
  if (configfs_->is_directory(kIscsi)) return;
  try {
    configfs_->make_directory(kIscsi);  // by which the kernel loads iscsi_target_mod
  } catch (const Error& error) {
    log::debug("{}", error.what());
    throw no_lio("this kernel has LIO without iSCSI", "run \"modprobe iscsi_target_mod\"");
  }
}

std::vector<TargetState> LioDriver::list() {
  std::vector<TargetState> targets;
  for (const std::string& name : target_names(*configfs_)) targets.push_back(read_target(*configfs_, name));
  return targets;
}

std::vector<iscsi::Portal> LioDriver::portals() {
  if (portal_.host == "0.0.0.0" || portal_.host == "::") return {{"", portal_.port}};
  return {portal_};
}

std::optional<AccessRule> LioDriver::access(const std::string& target) {
  check_known(target);
  return read_access(*configfs_, group_path(target));
}

std::optional<AccessRule> LioDriver::written(const std::string& target) {
  return saved_access(read_saveconfig(saveconfig_), target);
}

std::string LioDriver::written_with(const std::string& volume) {
  return saved_with(read_saveconfig(saveconfig_), volume);
}

void LioDriver::check_known(const std::string& target) const {
  if (!configfs_->is_directory(group_path(target)))
    throw Error(Exit::failed, target, "LIO has no such target");
}

void LioDriver::set_up_group(const std::string& group) {
  configfs_->make_directory(group);
  // No initiator may log in before there are rules, and a rule made at a login must end with it: a cached one
  // would still admit the initiator after all others have been locked out.
  configfs_->write(group + "/attrib/generate_node_acls", "0");
  configfs_->write(group + "/attrib/cache_dynamic_acls", "0");
  // An initiator that may not log in does not see the target, either.
  configfs_->write(group + "/attrib/demo_mode_discovery", "0");
  configfs_->make_directory(group + "/np/" + iscsi::to_string(portal_));
  configfs_->write(group + "/enable", "1");
}

void LioDriver::create_target(const std::string& target) {
  check_lio_name(target);
  configfs_->make_directory(target_path(target));
  try {
    set_up_group(group_path(target));
  } catch (...) {
    try {
      delete_target(target);
    } catch (const Error& error) {
      log::warning("{}", error.what());
    }
    throw;
  }
}

void LioDriver::remove_rule(const std::string& rule) {
  for (const MappedLun& lun : mapped_luns(*configfs_, rule)) {
    if (!lun.link.empty()) configfs_->remove_link(lun.path + "/" + lun.link);
    configfs_->remove_directory(lun.path);
  }
  configfs_->remove_directory(rule);
}

void LioDriver::remove_luns(const std::string& group) {
  for (const LioLun& lun : luns_of(*configfs_, group)) {
    if (!lun.link.empty()) configfs_->remove_link(lun.path + "/" + lun.link);
    configfs_->remove_directory(lun.path);
    if (lun.backstore) release_backstore(*configfs_, *lun.backstore);
  }
}

void LioDriver::remove_group(const std::string& group) {
  if (configfs_->read_or(group + "/enable", "0") != "0") configfs_->write(group + "/enable", "0");
  // An object with a link is removed before the object that the link points to.
  for (const std::string& initiator : configfs_->directories(group + "/acls"))
    remove_rule(rule_path(group, initiator));
  remove_luns(group);
  for (const std::string& portal : configfs_->directories(group + "/np"))
    configfs_->remove_directory(below(group + "/np", portal));
  configfs_->remove_directory(group);
}

void LioDriver::delete_target(const std::string& target) {
  const std::string path = target_path(target);
  if (!configfs_->is_directory(path)) throw Error(Exit::failed, target, "LIO has no such target");
  for (const std::string& name : configfs_->directories(path))
    if (number_behind("tpgt_", name)) remove_group(below(path, name));
  configfs_->remove_directory(path);
  release_unused(*configfs_, target);
}

void LioDriver::map(const std::string& group, std::uint16_t lun, bool read_only,
                    const std::string& initiator) {
  const std::string path = fmt::format("{}/acls/{}/lun_{}", group, initiator, lun);
  configfs_->make_directory(path);
  configfs_->make_link(fmt::format("{}/lun/lun_{}", group, lun), path + "/lun");
  configfs_->write(path + "/write_protect", read_only ? "1" : "0");
}

void LioDriver::unmap(const std::string& group, const LioLun& lun) {
  const std::string resolved = configfs_->resolve(lun.path);
  for (const std::string& initiator : configfs_->directories(group + "/acls"))
    for (const MappedLun& mapped : mapped_luns(*configfs_, rule_path(group, initiator))) {
      // Without a link it is incomplete, left by a killed process.
      const bool half = mapped.link.empty() && mapped.index == lun.lun;
      if (!half && mapped.lun_path != resolved) continue;
      if (!half) configfs_->remove_link(mapped.path + "/" + mapped.link);
      configfs_->remove_directory(mapped.path);
    }
}

void LioDriver::protect_from_everybody(const std::string& group, bool open) {
  if (!open) return;
  // For initiators without a rule of their own LIO has one switch for all LUNs with files.
  std::size_t all = 0, read_only = 0;
  for (const LioLun& lun : luns_of(*configfs_, group)) {
    ++all;
    if (lun.read_only()) ++read_only;
  }
  if (read_only != 0 && read_only != all)
    throw Error(Exit::failed, "lio",
                "it cannot protect some of the LUNs of a target that is open to everybody",
                "name the initiators, or give the read-only LUN a target of its own");
  configfs_->write(group + "/attrib/demo_mode_write_protect", read_only != 0 ? "1" : "0");
}

void LioDriver::attach(const std::string& target, std::uint16_t lun, const TargetVolume& volume) {
  check_known(target);
  if (lun > kMaxLun)
    throw Error(Exit::failed, fmt::format("LUN {}", lun), "targetctl restores LUNs 0 to 255 only");
  const std::string group = group_path(target);
  const std::string path = fmt::format("{}/lun/lun_{}", group, lun);
  for (const LioLun& there : luns_of(*configfs_, group)) {
    if (there.lun != lun) continue;
    if (!there.link.empty()) throw Error(Exit::failed, target, fmt::format("it has a LUN {} already", lun));
    detach(target, lun);
  }
  // An incomplete backstore of a killed process cannot be completed, so it is removed.
  release_unused(*configfs_, target, volume.path);
  auto backstore = backstore_of(*configfs_, volume.path);
  if (backstore) {
    const TargetVolume known = volume_of(*configfs_, *backstore).volume;
    if (known.block_size != volume.block_size || known.thin != volume.thin)
      throw Error(Exit::failed, volume.path,
                  "another LUN has it with a different block size or provisioning");
  } else {
    backstore = add_backstore(*configfs_, target, volume);
  }
  const std::string link = path + "/" + std::string(volume.read_only ? kReadOnlyLink : kVolumeLink);
  try {
    configfs_->make_directory(path);
    configfs_->make_link(backstore->path, link);
    for (const std::string& initiator : configfs_->directories(group + "/acls"))
      map(group, lun, volume.read_only, initiator);
    protect_from_everybody(group, configfs_->read_or(group + "/attrib/generate_node_acls", "") == "1");
  } catch (...) {
    try {
      if (configfs_->is_directory(path))
        detach(target, lun);
      else
        release_backstore(*configfs_, *backstore);
    } catch (const Error& error) {
      log::warning("{}", error.what());
    }
    throw;
  }
}

void LioDriver::detach(const std::string& target, std::uint16_t lun) {
  check_known(target);
  const std::string group = group_path(target);
  const auto luns = luns_of(*configfs_, group);
  const auto found =
      std::find_if(luns.begin(), luns.end(), [&](const LioLun& one) { return one.lun == lun; });
  if (found == luns.end()) throw Error(Exit::failed, target, fmt::format("it has no LUN {}", lun));
  unmap(group, *found);
  if (!found->link.empty()) configfs_->remove_link(found->path + "/" + found->link);
  configfs_->remove_directory(found->path);
  if (found->backstore) release_backstore(*configfs_, *found->backstore);
  release_unused(*configfs_, target);
}

void LioDriver::set_account(const std::string& auth, const AccessRule* access) {
  const auto set = [&](std::string_view attribute, const std::string& value) {
    // Without a line feed, which would become part of the value.
    configfs_->write(fmt::format("{}/{}", auth, attribute), value.empty() ? "NULL" : value);
  };
  const ChapAccount none;
  const ChapAccount& in = access == nullptr || access->incoming.empty() ? none : access->incoming.front();
  const ChapAccount& out = access == nullptr || access->outgoing.empty() ? none : access->outgoing.front();
  set("userid", in.user);
  set("password", in.secret);
  set("userid_mutual", out.user);
  set("password_mutual", out.secret);
}

void LioDriver::allow(const std::string& target, const AccessRule& access) {
  check_known(target);
  check_access(access);
  const std::string group = group_path(target);
  const auto wanted = [&](std::string_view name) {
    return std::find(access.initiators.begin(), access.initiators.end(), name) != access.initiators.end();
  };
  const bool open = wanted("ALL");
  protect_from_everybody(group, open);
  // Access is removed before other access is granted.
  if (!open) configfs_->write(group + "/attrib/generate_node_acls", "0");
  if (!access.incoming.empty()) configfs_->write(group + "/attrib/authentication", "1");
  for (const std::string& initiator : configfs_->directories(group + "/acls"))
    if (!wanted(initiator)) remove_rule(rule_path(group, initiator));
  for (const std::string& initiator : access.initiators) {
    if (initiator == "ALL") continue;
    const std::string rule = rule_path(group, initiator);
    const bool known = configfs_->is_directory(rule);
    if (!known) configfs_->make_directory(rule);
    set_account(rule + "/auth", &access);
    if (known) continue;
    for (const LioLun& lun : luns_of(*configfs_, group)) map(group, lun.lun, lun.read_only(), initiator);
  }
  set_account(group + "/auth", open ? &access : nullptr);
  if (access.incoming.empty()) configfs_->write(group + "/attrib/authentication", "0");
  if (open) configfs_->write(group + "/attrib/generate_node_acls", "1");
}

void LioDriver::tune(const std::string& target, const std::map<std::string, std::string>& parameters) {
  check_known(target);
  const std::string group = group_path(target);
  for (const auto& [name, value] : parameters) {
    if (name == "MaxQueueCmd") {
      // Rules copy the value when they are made; a new value ends the rule's sessions. The group's value is
      // set last: list() reports it as valid for all rules, also if this process is killed in between.
      for (const std::string& initiator : configfs_->directories(group + "/acls")) {
        const std::string depth = rule_path(group, initiator) + "/cmdsn_depth";
        if (configfs_->read_or(depth, value) != value) configfs_->write(depth, value);
      }
      configfs_->write(group + "/attrib/default_cmdsn_depth", value);
      continue;
    }
    const std::string path = below(group + "/param", name);
    if (name.find('/') != std::string::npos || !configfs_->exists(path))
      throw Error(Exit::failed, name, "LIO has no such parameter");
    configfs_->write(path, value + "\n");
  }
}

bool LioDriver::persist(const std::string& target, const AccessRule& /*access*/) {
  // A LUN that was already off when a detach() was killed.
  const std::string group = group_path(target);
  for (const LioLun& lun : luns_of(*configfs_, group)) {
    if (!lun.link.empty()) continue;
    unmap(group, lun);
    configfs_->remove_directory(lun.path);
  }
  release_unused(*configfs_, target);
  return save_target(*configfs_, target, saveconfig_);
}

std::unique_ptr<Driver> make_lio_driver(const std::string& saveconfig) {
  return std::make_unique<LioDriver>(std::make_unique<Configfs>("/sys/kernel/config/target"),
                                     saveconfig.empty() ? saveconfig_path() : saveconfig,
                                     iscsi::Portal{"0.0.0.0", iscsi::kDefaultPort});
}

}  // namespace san::target
