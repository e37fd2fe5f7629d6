// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "core/ascii.h"
#include "preflight/check/check.h"

namespace san::preflight {
namespace {

constexpr std::array<std::string_view, 7> kFamilies = {"NET", "IBFT", "IPXE", "LNX", "WIN", "TGT", "OPS"};

std::size_t family_rank(const Check& check) {
  const std::string_view id = check.id;
  const auto found = std::find(kFamilies.begin(), kFamilies.end(), id.substr(0, id.find('-')));
  return static_cast<std::size_t>(found - kFamilies.begin());
}

/// Numbers have two digits, so that they are in order as text is.
bool before(const Check& a, const Check& b) {
  const std::size_t of_a = family_rank(a), of_b = family_rank(b);
  return of_a != of_b ? of_a < of_b : std::string_view(a.id) < std::string_view(b.id);
}

std::vector<Check> gather() {
  std::vector<Check> all;
  for (const auto checks : {machine_checks(), plan_checks(), boot_path_checks(), linux_checks(),
                            windows_checks(), target_checks(), people_checks()})
    all.insert(all.end(), checks.begin(), checks.end());
  std::sort(all.begin(), all.end(), before);
  return all;
}

}  // namespace

const std::vector<Check>& all_checks() {
  static const std::vector<Check> all = gather();
  return all;
}

const Check* find_check(const std::string& id) {
  const std::string wanted = to_upper(id);
  const auto& all = all_checks();
  const auto found =
      std::find_if(all.begin(), all.end(), [&wanted](const Check& check) { return wanted == check.id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace san::preflight
