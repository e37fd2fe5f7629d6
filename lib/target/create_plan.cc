// SPDX-License-Identifier: Apache-2.0
#include "target/create_plan.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "boot/profile/read_profile.h"
#include "boot/profile/write_profile.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"
#include "core/units.h"
#include "iscsi/address/iscsi_name.h"
#include "system/mount/in_use.h"
#include "target/pool/volume_size.h"
#include "target/resolve.h"

namespace san::target {
namespace {

using Differences = std::vector<std::string>;

/// Throws if the path is not a block device, or if the device is in use.
void check_device(const std::string& path, const VolumeSize& there) {
  if (!there.exists || !there.block_device)
    throw Error(Exit::usage, path, "is not a block device",
                Hint(HintId::file_size, "give a size for a file of the pool"));
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return;
  if (const auto uses = block_device_uses(status.st_rdev); !uses.empty())
    throw Error(Exit::refused, path, describe(uses), "free it first");
}

void plan_volume(const Pool& pool, const CreateRequest& request, CreatePlan& plan, Differences& differences) {
  const bool file = request.device.empty();
  plan.volume = {file ? pool.volume(request.name) : request.device, !file, request.block_size, request.thin,
                 false};
  const VolumeSize there = volume_size(plan.volume.path);
  if (!file) check_device(request.device, there);
  plan.make_volume = file && !there.exists;
  plan.size = plan.make_volume ? request.size : there.bytes;
  if (request.size != 0 && plan.size != request.size)
    differences.push_back(fmt::format("{} has {}, not {}", plan.volume.path, format_size_exact(plan.size),
                                      format_size_exact(request.size)));
}

void plan_lun(const std::vector<TargetState>& all, const TargetState* target, const CreateRequest& request,
              CreatePlan& plan, Differences& differences) {
  const AttachedLun* lun = target == nullptr ? nullptr : find_lun(*target, request.lun);
  plan.attach = lun == nullptr;
  if (const auto use = volume_use(all, plan.volume.path);
      use && (use->target != plan.target || use->lun.lun != request.lun))
    differences.push_back(
        fmt::format("{} is LUN {} of {}", plan.volume.path, use->lun.lun, printable(use->target)));
  if (lun == nullptr) return;
  if (lun->volume.path != plan.volume.path)
    differences.push_back(
        fmt::format("LUN {} is {}, not {}", request.lun, printable(lun->volume.path), plan.volume.path));
  if (lun->volume.block_size != request.block_size)
    differences.push_back(fmt::format("LUN {} has blocks of {} bytes, not {}", request.lun,
                                      lun->volume.block_size, request.block_size));
  if (lun->volume.thin != request.thin)
    differences.push_back(fmt::format("LUN {} takes {}UNMAP", request.lun, lun->volume.thin ? "" : "no "));
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + printable(name);
  return text.empty() ? "nobody" : text;
}

std::set<std::string> names_of(const std::vector<ChapAccount>& accounts) {
  std::set<std::string> names;
  for (const ChapAccount& account : accounts) names.insert(account.user);
  return names;
}

void compare(const std::string& what, const std::set<std::string>& there, const std::set<std::string>& wanted,
             Differences& differences) {
  if (there != wanted)
    differences.push_back(fmt::format("{}: {}, not {}", what, listed(there), listed(wanted)));
}

std::set<std::string> one(const std::string& user) {
  return user.empty() ? std::set<std::string>() : std::set<std::string>{user};
}

void plan_access(Driver& driver, const TargetState* target, const AccessRequest& wanted, CreatePlan& plan,
                 Differences& differences) {
  plan.allow = target == nullptr || target->access == AccessRule();
  if (plan.allow) return;
  const AccessRule& there = target->access;
  compare("initiators that may log in", {there.initiators.begin(), there.initiators.end()},
          {wanted.initiators.begin(), wanted.initiators.end()}, differences);
  compare("CHAP user", names_of(there.incoming), one(wanted.chap_user), differences);
  compare("CHAP user of the target", names_of(there.outgoing), one(wanted.mutual_chap_user), differences);
  const auto known = driver.access(target->name);
  if (!known) {
    differences.emplace_back("the secrets of its CHAP users are not known here");
    return;
  }
  for (const auto* list : {&known->incoming, &known->outgoing})
    for (const ChapAccount& account : *list) plan.known_secrets[account.user] = account.secret;
}

/// Returns the name of a secret's file for the profile: relative to the profile's directory.
std::string relative_secret(const CreateRequest& request, const std::string& user) {
  if (user.empty()) return {};
  const auto directory = std::filesystem::absolute(request.profile_path).parent_path();
  const auto path = std::filesystem::absolute(secret_path(request.access.secret_directory, user));
  return path.lexically_normal().lexically_relative(directory.lexically_normal()).string();
}

void plan_profile(Driver& driver, const CreateRequest& request, CreatePlan& plan, Differences& differences) {
  plan.profile = request.profile;
  if (plan.profile.portals.empty()) plan.profile.portals = reachable_portals(driver);
  // A profile has one or two (boot-profile(5)), a target may have many.
  if (plan.profile.portals.size() > 2) plan.profile.portals.resize(2);
  if (request.profile_path.empty()) return;
  if (plan.profile.portals.empty())
    throw Error(Exit::usage, request.profile_path,
                "no portal is known by which the machine could reach the target",
                Hint(HintId::give_portal, "give a portal"));
  plan.profile.initiator = request.access.initiators.front();
  plan.profile.target = plan.target;
  plan.profile.lun = request.lun;
  plan.profile.user = request.access.chap_user;
  plan.profile.secret_file = relative_secret(request, plan.profile.user);
  plan.profile.target_user = request.access.mutual_chap_user;
  plan.profile.target_secret_file = relative_secret(request, plan.profile.target_user);
  // The parser alone knows every rule of a profile, so it reads the text that is going to be written: a
  // profile that the tools would refuse is found before anything is made, and an existing one is compared in
  // the same normal form.
  const std::string text = boot::write_boot_profile(plan.profile);
  const boot::BootProfile wanted =
      boot::parse_boot_profile(std::as_bytes(std::span(text)), request.profile_path);
  plan.write_profile = !std::filesystem::exists(request.profile_path);
  if (!plan.write_profile && !(boot::read_boot_profile(request.profile_path) == wanted))
    differences.push_back(fmt::format("{} is another profile", request.profile_path));
}

}  // namespace

void check_access(const AccessRequest& access) {
  if (access.initiators.empty())
    throw Error(Exit::usage, setting("initiator"), "is missing: nobody could log in",
                "give the machine's iSCSI name");
  for (const std::string& initiator : access.initiators)
    if (initiator != "ALL") iscsi::check_name(initiator, setting("initiator"));
  if (!access.mutual_chap_user.empty() && access.chap_user.empty())
    throw Error(Exit::usage, setting("mutual-chap"),
                fmt::format("needs {}: a target proves itself to those who do", setting("chap")),
                Hint(HintId::own_chap_user, "give a CHAP user of the initiator, too"));
  if (!access.chap_user.empty() && access.chap_user == access.mutual_chap_user)
    throw Error(Exit::usage, setting("mutual-chap"),
                fmt::format("is the same user as {}, so both had the same secret", setting("chap")),
                "RFC 7143, 9.2.1 wants two secrets; give another user");
  for (const std::string& user : {access.chap_user, access.mutual_chap_user})
    if (user.find('/') != std::string::npos || user.starts_with('.') || user.size() > 63)
      throw Error(Exit::usage, setting("chap") + " " + printable(user), "this is not a name for a CHAP user",
                  "use letters, digits, . - and _, at most 63, as in the machine's own name");
}

void check_creation(const CreateRequest& request) {
  check_volume_name(request.name);
  check_access(request.access);
  if (!request.target.empty()) iscsi::check_name(request.target, setting("target"));
  if (request.block_size != 512 && request.block_size != 4096)
    throw Error(Exit::usage, setting("block-size"), "a LUN has blocks of 512 or 4096 bytes");
  if (request.device.empty() && request.size == 0)
    throw Error(Exit::usage, request.name, "its size is not given",
                Hint(HintId::size_or_device, "give a size, or a block device"));
  if (request.size % request.block_size != 0)
    throw Error(Exit::usage, setting("size"),
                fmt::format("is not a multiple of {} bytes", request.block_size));
}

Unfinished CreatePlan::unfinished(const CreateRequest& request) const {
  Unfinished work;
  work.verb = "create";
  work.name = request.name;
  work.target = target;
  for (const std::string& user : {request.access.chap_user, request.access.mutual_chap_user})
    if (allow && !user.empty()) work.users.push_back(user);
  work.makes_target = make_target;
  work.makes_rules = allow;
  if (attach) work.lun = request.lun;
  work.volume = volume;
  return work;
}

CreatePlan plan_creation(Driver& driver, const Pool& pool, const CreateRequest& request) {
  CreatePlan plan;
  Differences differences;
  const auto all = driver.list();
  plan.target = request.target.empty() ? default_target(request.name) : request.target;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&plan](const TargetState& state) { return state.name == plan.target; });
  const TargetState* target = found == all.end() ? nullptr : &*found;
  plan.make_target = target == nullptr;
  plan_volume(pool, request, plan, differences);
  plan_lun(all, target, request, plan, differences);
  plan_access(driver, target, request.access, plan, differences);
  plan_profile(driver, request, plan, differences);
  if (differences.empty()) return plan;
  std::string text;
  for (const std::string& difference : differences) text += (text.empty() ? "" : "; ") + difference;
  throw Error(
      Exit::refused, request.name, fmt::format("already exists, but not like this: {}", text),
      Hint(HintId::edit_target, "nothing was changed; change the target itself, or take another name"));
}

}  // namespace san::target
