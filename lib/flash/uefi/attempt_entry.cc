// SPDX-License-Identifier: Apache-2.0
#include "flash/uefi/attempt_entry.h"

#include <algorithm>

namespace san::flash {
namespace {

/// Returns the login options that the driver stores in the path (NetworkPkg/IScsiDxe/IScsiExtScsiPassThru.c).
std::uint16_t login_options(const IscsiAttempt& attempt) {
  if (attempt.auth == Auth::none) return 0x0800;
  return attempt.auth == Auth::chap ? 0x1000 : 0;
}

/// Returns true if the connection is the one that the attempt makes (NetworkPkg/IScsiDxe/IScsiMisc.c,
/// IScsiGetTcpConnDevicePath). Unknown for IPv6, and false: the machine's address is in the path only.
bool same_connection(const IpPath& path, const IscsiAttempt& attempt) {
  if (path.v6 || attempt.ip == IscsiAttempt::Ip::v6 || path.remote_port != attempt.port) return false;
  if (attempt.url.empty() && path.remote != attempt.target_address) return false;
  if (path.fixed == attempt.initiator_dhcp) return false;
  return attempt.initiator_dhcp ||
         (path.local == attempt.local && path.gateway == attempt.gateway && path.mask == attempt.mask);
}

bool same_disk(const LoadOption& option, const IscsiAttempt& attempt) {
  return option.active && option.iscsi && option.iscsi->target == attempt.target &&
         option.iscsi->lun == attempt.lun;
}

bool same_way(const LoadOption& option, const IscsiAttempt& attempt) {
  return option.ip && option.iscsi->login == login_options(attempt) &&
         attempt_mac(option.mac, 0) == attempt.mac && option.vlan == attempt.vlan &&
         same_connection(*option.ip, attempt);
}

}  // namespace

std::optional<std::size_t> entry_of_attempt(const std::vector<BootOrderEntry>& entries,
                                            const IscsiAttempt& attempt, bool tried) {
  const auto found = std::ranges::find_if(entries, [&](const BootOrderEntry& entry) {
    return entry.option && same_disk(*entry.option, attempt) && (tried || same_way(*entry.option, attempt));
  });
  if (found == entries.end()) return std::nullopt;
  return static_cast<std::size_t>(found - entries.begin());
}

}  // namespace san::flash
