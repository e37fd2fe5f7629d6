// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/ascii.h"
#include "preflight/check/check.h"
#include "preflight/checks/ibft/ibft_checks.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/network/network_checks.h"
#include "preflight/checks/people/people_checks.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/windows/windows_checks.h"

namespace san::preflight {
namespace {

template <std::size_t count>
void add(const Check* const (&family)[count], std::vector<const Check*>& all) {
  all.insert(all.end(), family, family + count);
}

std::vector<const Check*> gather() {
  std::vector<const Check*> all;
  add(kNetworkChecks, all);
  add(kIbftChecks, all);
  add(kIpxeChecks, all);
  add(kLinuxChecks, all);
  add(kWindowsChecks, all);
  add(kTargetChecks, all);
  add(kPeopleChecks, all);
  return all;
}

}  // namespace

const std::vector<const Check*>& all_checks() {
  static const std::vector<const Check*> all = gather();
  return all;
}

const Check* find_check(const std::string& id) {
  const std::string wanted = to_upper(id);
  const auto& all = all_checks();
  const auto found =
      std::find_if(all.begin(), all.end(), [&wanted](const Check* check) { return wanted == check->id; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace san::preflight
