// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/iscsi_edit.h"

#include <fmt/core.h>

#include <algorithm>

#include "boot/ip_address.h"
#include "boot/mac_address.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "flash/nvm/unverified.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/boot_secret.h"

namespace san::flash {
namespace {

[[noreturn]] void cannot(const IscsiEditRules& rules, const std::string& cause, const Hint& hint) {
  throw Error(Exit::usage, rules.object, cause, hint);
}

void check_length(const IscsiEditRules& rules, const char* what, const std::optional<std::string>& text,
                  std::size_t longest) {
  if (text && text->size() > longest)
    cannot(rules, fmt::format("the {} has {} bytes; the iSCSI block takes {}", what, text->size(), longest),
           "use a shorter one");
}

void check_secret(const IscsiEditRules& rules, const char* what, const std::optional<Secret>& secret) {
  if (secret && iscsi::boot_secret_fault(*secret))
    cannot(rules,
           fmt::format("the {} has {} bytes; the iSCSI block takes {} to {}", what, secret->size(),
                       iscsi::kMinBootSecret, iscsi::kMaxBootSecret),
           "use another secret, here and on the target");
}

/// Checks an address for the block: IPv4, dotted.
void check_ip(const IscsiEditRules& rules, const char* what, const std::string& text) {
  if (ip_bytes(text, IpOrder::network)) return;
  if (boot::parse_ip(text))
    cannot(rules,
           fmt::format("the {} {} is an IPv6 address of 16 bytes; the iSCSI block has room for the 4 of IPv4",
                       what, text),
           "use IPv4, or boot by UEFI");
  cannot(rules, fmt::format("the {} {} is not an IPv4 address; the option ROM resolves no names", what, text),
         "write the address in its place");
}

template <std::size_t N>
void put_text(std::array<char, N>& field, const std::string& text) {
  if (field_text(field) == text) return;
  field.fill('\0');
  std::copy(text.begin(), text.end(), field.begin());
}

void put_flag(IscsiRecord& record, unsigned mask, unsigned value) {
  record.flags = static_cast<std::uint16_t>((record.flags & ~mask) | value);
}

IpBytes bytes_of(const std::string& text, const IscsiEditRules& rules) {
  if (!rules.order)
    cannot(
        rules,
        "no netmask in the image tells in which order the bytes of an IPv4 address are stored, and Intel's "
        "documents do not say",
        Hint(HintId::choose_ip_order,
             "look at the NIC's own setup menu, or choose an order (first octet first is likely, not "
             "proven)"));
  return ip_bytes(text, *rules.order).value_or(IpBytes{});
}

void put_network(IscsiRecord& record, const FlashSettings& settings, const IscsiEditRules& rules) {
  if (settings.dhcp) put_flag(record, iscsi_flag::dhcp, *settings.dhcp ? iscsi_flag::dhcp : 0);
  if (settings.address) record.address = bytes_of(*settings.address, rules);
  if (settings.prefix) record.mask = mask_bytes(*settings.prefix, rules.order.value_or(IpOrder::network));
  if (settings.gateway)
    record.gateway = settings.gateway->empty() ? IpBytes{} : bytes_of(*settings.gateway, rules);
  if (settings.vlan) record.vlan = *settings.vlan;
}

void put_target(IscsiRecord& record, const FlashSettings& settings, const IscsiEditRules& rules) {
  if (settings.portals && !settings.portals->empty()) {
    record.portal = bytes_of(settings.portals->front().host, rules);
    record.portal_port = settings.portals->front().port;
  }
  if (settings.target) put_text(record.target, *settings.target);
  if (settings.lun) record.lun = *settings.lun;
  // A user who sets a part of the target does not want it from DHCP.
  if (settings.portals || settings.target || settings.lun) put_flag(record, iscsi_flag::target_dhcp, 0);
}

/// Returns the value of the field that record_auth() reads.
unsigned auth_bits(Auth auth, const IscsiEditRules& rules) {
  switch (auth) {
    case Auth::none:
      return 0;
    case Auth::chap:
      return 1;
    case Auth::mutual_chap:
      return 2;
    case Auth::kerberos:
      break;
  }
  cannot(rules, "the iSCSI block has no value for Kerberos", "use CHAP");
}

void put_auth(IscsiRecord& record, const FlashSettings& settings, const IscsiEditRules& rules) {
  if (settings.user) put_text(record.user, *settings.user);
  if (settings.secret) put_text(record.secret, *settings.secret);
  if (settings.target_secret) put_text(record.target_secret, *settings.target_secret);
  std::optional<Auth> auth = settings.auth;
  if (!auth && settings.target_secret) auth = Auth::mutual_chap;
  if (!auth && (settings.user || settings.secret))
    auth = record_auth(record) == Auth::mutual_chap ? Auth::mutual_chap : Auth::chap;
  if (!auth) return;
  put_flag(record, iscsi_flag::auth, auth_bits(*auth, rules) << iscsi_flag::auth_shift);
  // Unused secrets do not stay in the flash.
  if (*auth == Auth::none) {
    put_text(record.user, "");
    put_text(record.secret, "");
  }
  if (*auth != Auth::mutual_chap) put_text(record.target_secret, "");
  if (*auth != Auth::none && (!filled(record.user) || !filled(record.secret)))
    cannot(rules, "CHAP needs a user and a secret, and one of them is neither given nor in the flash",
           Hint(HintId::chap_login, "give a CHAP user and its secret"));
  if (*auth == Auth::mutual_chap && !filled(record.target_secret))
    cannot(rules, "mutual CHAP needs the secret of the target, which is neither given nor in the flash",
           Hint(HintId::target_secret, "give the secret of the target"));
}

}  // namespace

void check_carried(const FlashSettings& settings, const IscsiEditRules& rules) {
  check_length(rules, "initiator name", settings.initiator, iscsi::kMaxNameBytes);
  check_length(rules, "target name", settings.target, iscsi::kMaxNameBytes);
  check_length(rules, "CHAP user", settings.user, kMaxChapUser);
  check_secret(rules, "CHAP secret", settings.secret);
  check_secret(rules, "secret of the target", settings.target_secret);
  if (settings.address) check_ip(rules, "address", *settings.address);
  if (settings.address && !settings.prefix)
    cannot(rules, "the address has no network length", "write it as 192.0.2.15/24");
  if (settings.prefix.value_or(0) > 32)
    cannot(rules, fmt::format("the network length {} is more than 32", *settings.prefix), "");
  if (settings.gateway && !settings.gateway->empty()) check_ip(rules, "gateway", *settings.gateway);
  if (settings.portals) {
    if (settings.portals->size() != 1)
      cannot(rules,
             fmt::format("there are {} portals; the iSCSI block has room for 1 a port",
                         settings.portals->size()),
             Hint(HintId::one_portal, "choose one, and give the other to another port of the NIC"));
    check_ip(rules, "portal", settings.portals->front().host);
  }
  if (settings.vlan.value_or(0) > boot::kMaxVlan)
    cannot(rules, fmt::format("the VLAN {} is not between 0 and {}", *settings.vlan, boot::kMaxVlan), "");
  if (settings.vlan.value_or(0) != 0 && !rules.vlan)
    cannot(
        rules,
        fmt::format(
            "VLAN {} cannot be used: the datasheet of this family says that its boot code ignores the field",
            *settings.vlan),
        unverified_hint("write it nevertheless", "let the switch tag the port's frames"));
  if (settings.target_user && !rules.drop_target_user)
    cannot(rules,
           fmt::format("the target's CHAP user ({} bytes) cannot be kept: the iSCSI block has a field for "
                       "the target's secret, but none for its user",
                       settings.target_user->size()),
           Hint(HintId::drop_target_user, "go without it"));
}

void edit_block(IscsiHeader& header, IscsiRecord& record, const FlashSettings& settings,
                const IscsiEditRules& rules) {
  check_carried(settings, rules);
  if (settings.initiator) put_text(header.initiator, *settings.initiator);
  put_network(record, settings, rules);
  put_target(record, settings, rules);
  put_auth(record, settings, rules);
}

}  // namespace san::flash
