// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/boot_interface.h"

#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {

const LiveNic* boot_interface(const MachineFacts& machine, const boot::BootProfile* plan,
                              const std::string& named) {
  if (!named.empty()) return machine.nic(named);
  if (plan != nullptr && !plan->mac.empty()) return machine.nic_by_mac(plan->mac);
  if (const auto ibft = live_ibft(machine))
    for (const boot::IbftNic& nic : ibft->table.nics)
      if (nic.selected())
        if (const LiveNic* found = machine.nic_by_mac(nic.mac)) return found;
  const IscsiSession* session = machine.root_session();
  return session == nullptr || session->interface.empty() ? nullptr : machine.nic(session->interface);
}

const LiveNic* boot_interface(Subject& subject, const MachineFacts& machine) {
  return boot_interface(machine, subject.profile(), subject.nic().interface);
}

}  // namespace san::preflight
