// SPDX-License-Identifier: Apache-2.0
// A portal, and a name, that a target advertises.
#include <cstdlib>

#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"
#include "iscsi/address/target_address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto address = san::iscsi::parse_target_address(text);
  // What cannot be connected to says why; what can has a host and a port.
  if (!address.portal && address.problem.empty()) std::abort();
  if (address.portal && (address.portal->host.empty() || address.portal->port == 0)) std::abort();
  if (address.text != text) std::abort();
  using san::iscsi::NameRules;
  if (san::iscsi::target_name_problem(text).empty() && size > san::iscsi::kMaxNameBytes) std::abort();
  const auto passes = [text](NameRules rules) { return !san::iscsi::name_fault(text, rules); };
  if (passes(NameRules::portable) && !passes(NameRules::existing)) std::abort();
  if ((passes(NameRules::existing) || passes(NameRules::rtslib)) && !passes(NameRules::type)) std::abort();
  return 0;
}
