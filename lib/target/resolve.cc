// SPDX-License-Identifier: Apache-2.0
#include "target/resolve.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/error.h"
#include "core/hint_id.h"
#include "core/text/table.h"

namespace san::target {
bool is_target_name(const std::string& name) {
  return name.starts_with("iqn.") || name.starts_with("eui.") || name.starts_with("naa.");
}

std::string default_target(const std::string& name) {
  std::array<char, 256> host = {};
  gethostname(host.data(), host.size() - 1);
  std::string word = host.data();
  word.resize(std::min(word.find('.'), word.size()));
  // RFC 3722: letters of a name are lower case.
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
    return std::isalnum(c) != 0 && c < 0x80 ? static_cast<char>(std::tolower(c)) : '-';
  });
  return fmt::format("iqn.2026-11.org.sanboot:{}.{}", word.empty() ? "host" : word, name);
}

std::optional<TargetState> find_target(Driver& driver, const Pool& pool, const std::string& name) {
  const std::string volume = is_target_name(name) ? "" : pool.volume(name);
  const std::string target = is_target_name(name) ? name : default_target(name);
  const auto all = driver.list();
  if (!volume.empty())
    if (const auto use = volume_use(all, volume))
      for (const TargetState& state : all)
        if (state.name == use->target) return state;
  for (const TargetState& state : all)
    if (state.name == target) return state;
  return std::nullopt;
}

std::optional<TargetState> live_target(Driver& driver, const std::string& target) {
  for (TargetState& state : driver.list())
    if (state.name == target) return std::move(state);
  return std::nullopt;
}

TargetState require_target(Driver& driver, const Pool& pool, const std::string& name) {
  auto target = find_target(driver, pool, name);
  if (target) return std::move(*target);
  throw Error(
      Exit::failed, printable(name), fmt::format("{} has no target of this name", driver.name()),
      Hint(HintId::name_in_pool, "give the name of a volume of the pool, or a target's whole iSCSI name"));
}

void refuse_sessions(const TargetState& target, const std::string& doing) {
  if (target.sessions.empty()) return;
  std::string who;
  for (const TargetSession& session : target.sessions)
    who += fmt::format("{}{} ({})", who.empty() ? "" : ", ", printable(session.initiator),
                       printable(session.address));
  throw Error(Exit::refused, target.name, fmt::format("is logged in to by {}", who),
              fmt::format("shut that machine down before {}", doing));
}

const AttachedLun* find_lun(const TargetState& target, std::uint16_t lun) {
  const auto found = std::find_if(target.luns.begin(), target.luns.end(),
                                  [lun](const AttachedLun& attached) { return attached.lun == lun; });
  return found == target.luns.end() ? nullptr : &*found;
}

void delete_if_there(Driver& driver, const std::string& target) {
  if (live_target(driver, target)) driver.delete_target(target);
}

void detach_if_there(Driver& driver, const std::string& target, std::uint16_t lun, const std::string& path) {
  const auto state = live_target(driver, target);
  const AttachedLun* attached = state ? find_lun(*state, lun) : nullptr;
  if (attached != nullptr && attached->volume.path == path) driver.detach(target, lun);
}

void attach_if_gone(Driver& driver, const std::string& target, const AttachedLun& lun) {
  const auto state = live_target(driver, target);
  if (state && find_lun(*state, lun.lun) == nullptr) driver.attach(target, lun.lun, lun.volume);
}

std::optional<VolumeUse> volume_use(const std::vector<TargetState>& targets, const std::string& path) {
  for (const TargetState& target : targets)
    for (const AttachedLun& lun : target.luns)
      if (lun.volume.path == path) return VolumeUse{target.name, lun};
  return std::nullopt;
}

}  // namespace san::target
