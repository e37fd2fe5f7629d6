// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "boot/profile/root_path.h"
#include "core/text/table.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/url.h"
#include "open/open_device.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Returns evidence if the LUN on the command line is another one than the profile's: what is examined would
/// not be what the machine boots.
std::optional<Evidence> other_lun(Subject& subject, const boot::BootProfile& plan) {
  const std::string& device = subject.options().device;
  if (!is_lun(device) || profile_file(device)) return std::nullopt;
  const iscsi::Url url = iscsi::parse_url(device);
  if (url.target == plan.target && url.lun == plan.lun) return std::nullopt;
  return Evidence{printable(device), fmt::format("LUN {} of {}", url.lun, printable(url.target)),
                  fmt::format("LUN {} of {}, as the profile says", plan.lun, printable(plan.target))};
}

Outcome root_path_good(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_profile();
  if (plan->priority == boot::Priority::disabled)
    return fail({{printable(plan->path), "priority = \"disabled\"", "\"primary\" or \"secondary\""}},
                "The profile says that this NIC does not boot: change its priority.");
  if (const auto other = other_lun(subject, *plan))
    return fail({*other}, "Examine the LUN of the profile, or correct the profile.");
  if (const auto fault = iscsi::name_fault(plan->target, iscsi::NameRules::portable))
    return fail({{printable(plan->path), "target " + printable(plan->target) + " " + fault->cause, {}}},
                fault->hint);
  std::vector<Evidence> paths;
  for (const iscsi::Portal& portal : plan->portals)
    paths.push_back({"root path", printable(boot::root_path(*plan, portal)), {}});
  return pass(std::move(paths));
}

}  // namespace

constexpr Check kIpxe01{.id = "IPXE-01",
                        .severity = Severity::blocker,
                        .scope = Scope::plan,
                        .title = "root path is wrong, or of another LUN",
                        .good = "root path is correct and names the right LUN",
                        .about =
                            "The root path that iPXE gets (RFC 4173) is made from the profile and shown; the "
                            "profile lets the NIC "
                            "boot, and its LUN is the one that is examined.",
                        .evaluate = root_path_good};

}  // namespace san::preflight
