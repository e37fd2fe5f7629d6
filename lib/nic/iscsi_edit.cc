// SPDX-License-Identifier: Apache-2.0
#include "nic/iscsi_edit.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace san::nic {
namespace {

constexpr std::size_t kLongestName = 223;  // RFC 7143, 4.2.7.1
constexpr std::size_t kLongestUser = 127;
constexpr std::size_t kShortestSecret = 12, kLongestSecret = 16;

[[noreturn]] void cannot(const IscsiEditRules& rules, const std::string& cause, const std::string& hint) {
  throw Error(Exit::usage, rules.object, cause, hint);
}

void check_length(const IscsiEditRules& rules, const char* what, const std::optional<std::string>& text,
                  std::size_t longest) {
  if (text && text->size() > longest)
    cannot(rules, fmt::format("the {} has {} bytes; the iSCSI block takes {}", what, text->size(), longest),
           "use a shorter one");
}

void check_secret(const IscsiEditRules& rules, const char* what, const std::optional<std::string>& secret) {
  if (secret && (secret->size() < kShortestSecret || secret->size() > kLongestSecret))
    cannot(rules,
           fmt::format("the {} has {} bytes; the iSCSI block takes {} to {}", what, secret->size(),
                       kShortestSecret, kLongestSecret),
           "use another secret, here and on the target");
}

/// An address that the block takes: IPv4, dotted.
void check_ip(const IscsiEditRules& rules, const char* what, const std::string& text) {
  if (ip_bytes(text, IpOrder::network)) return;
  in6_addr six = {};
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1)
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

template <std::size_t N>
bool filled(const std::array<char, N>& field) {
  return field.front() != '\0';
}

IpBytes bytes_of(const std::string& text, const IscsiEditRules& rules) {
  if (!rules.order)
    cannot(rules,
           "no netmask in the image tells in which order the bytes of an IPv4 address stand, and Intel's "
           "documents do not say",
           "look at the NIC's own setup menu, or choose --ip-order=network (first octet first; likely, not "
           "proven)");
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
  // Who names a part of the target does not want it from DHCP.
  if (settings.portals || settings.target || settings.lun) put_flag(record, iscsi_flag::target_dhcp, 0);
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
  put_flag(record, iscsi_flag::auth, static_cast<unsigned>(*auth) << iscsi_flag::auth_shift);
  // No secret stays in the flash that is not used.
  if (*auth == Auth::none) {
    put_text(record.user, "");
    put_text(record.secret, "");
  }
  if (*auth != Auth::mutual_chap) put_text(record.target_secret, "");
  if (*auth != Auth::none && (!filled(record.user) || !filled(record.secret)))
    cannot(rules, "CHAP needs a user and a secret, and one of them is neither given nor in the flash",
           "give --chap-user and --chap-secret-file");
  if (*auth == Auth::mutual_chap && !filled(record.target_secret))
    cannot(rules, "mutual CHAP needs the secret of the target, which is neither given nor in the flash",
           "give --target-secret-file");
}

void check_field(std::vector<Finding>& findings, const std::string& where, const char* what,
                 std::span<const char> field, std::size_t longest) {
  const auto text = field_text(field);
  if (!text)
    findings.push_back({Severity::error, where,
                        fmt::format("the {} has no end: no zero byte in its {} bytes", what, field.size())});
  else if (text->size() > longest)
    findings.push_back({Severity::warning, where,
                        fmt::format("the {} has {} bytes, more than {}", what, text->size(), longest)});
}

void check_name_form(std::vector<Finding>& findings, const std::string& where, const char* what,
                     std::span<const char> field) {
  const auto text = field_text(field);
  if (text && !text->empty() && !text->starts_with("iqn.") && !text->starts_with("eui.") &&
      !text->starts_with("naa."))
    findings.push_back(
        {Severity::warning, where, fmt::format("the {} begins with none of iqn., eui., naa.", what)});
}

void check_secrets(std::vector<Finding>& findings, const std::string& where, const IscsiRecord& record) {
  const auto warn = [&](std::string text) {
    findings.push_back({Severity::warning, where, std::move(text)});
  };
  const auto secret_size = [](const auto& field) { return field_text(field).value_or("").size(); };
  const auto auth = record_auth(record);
  if (!auth)
    findings.push_back({Severity::error, where, "the kind of authentication has the reserved value 3"});
  if (auth.value_or(Auth::none) != Auth::none) {
    if (!filled(record.user)) warn("CHAP without a user");
    if (secret_size(record.secret) < kShortestSecret) warn("CHAP with a secret of fewer than 12 bytes");
  }
  if (auth == Auth::mutual_chap && secret_size(record.target_secret) < kShortestSecret)
    warn("mutual CHAP with a target's secret of fewer than 12 bytes");
}

}  // namespace

std::optional<Auth> record_auth(const IscsiRecord& record) {
  switch ((record.flags & iscsi_flag::auth) >> iscsi_flag::auth_shift) {
    case 0:
      return Auth::none;
    case 1:
      return Auth::chap;
    case 2:
      return Auth::mutual_chap;
    default:
      return std::nullopt;
  }
}

void check_carried(const FlashSettings& settings, const IscsiEditRules& rules) {
  check_length(rules, "initiator name", settings.initiator, kLongestName);
  check_length(rules, "target name", settings.target, kLongestName);
  check_length(rules, "CHAP user", settings.user, kLongestUser);
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
             "choose one with --portal, and give the other to another port of the NIC");
    check_ip(rules, "portal", settings.portals->front().host);
  }
  if (settings.vlan.value_or(0) > 4094)
    cannot(rules, fmt::format("the VLAN {} is not one of 0 to 4094", *settings.vlan), "");
  if (settings.vlan.value_or(0) != 0 && !rules.vlan)
    cannot(
        rules,
        fmt::format(
            "VLAN {} cannot be used: the datasheet of this family says that its boot code ignores the field",
            *settings.vlan),
        "let the switch tag the port's frames, or give --unverified to write it nevertheless");
  if (settings.target_user && !rules.drop_target_user)
    cannot(
        rules,
        fmt::format("the target's CHAP user ({} bytes) cannot be kept: the iSCSI block has a field for the "
                    "target's secret, but none for its user",
                    settings.target_user->size()),
        "give --no-target-user to go without it");
}

void edit_block(IscsiHeader& header, IscsiRecord& record, const FlashSettings& settings,
                const IscsiEditRules& rules) {
  check_carried(settings, rules);
  if (settings.initiator) put_text(header.initiator, *settings.initiator);
  put_network(record, settings, rules);
  put_target(record, settings, rules);
  put_auth(record, settings, rules);
}

std::vector<Finding> check_record(const IscsiHeader& header, const IscsiRecord& record, unsigned port) {
  std::vector<Finding> findings;
  const std::string where = fmt::format("iSCSI block, port {}", port);
  const auto warn = [&](std::string text) {
    findings.push_back({Severity::warning, where, std::move(text)});
  };
  if (port == 1) {
    check_field(findings, "iSCSI block", "initiator name", header.initiator, kLongestName);
    check_name_form(findings, "iSCSI block", "initiator name", header.initiator);
    if (header.reserved != 0 ||
        std::any_of(header.rest.begin(), header.rest.end(), [](auto b) { return b != 0; }))
      findings.push_back({Severity::warning, "iSCSI block", "reserved bytes of the head are not zero"});
  }
  check_field(findings, where, "target name", record.target, kLongestName);
  check_name_form(findings, where, "target name", record.target);
  check_field(findings, where, "CHAP user", record.user, kLongestUser);
  check_field(findings, where, "CHAP secret", record.secret, kLongestSecret);
  check_field(findings, where, "secret of the target", record.target_secret, kLongestSecret);
  check_secrets(findings, where, record);
  if (const unsigned menu = record.flags & iscsi_flag::setup_menu;
      menu != 0 && menu != iscsi_flag::setup_menu)
    warn("the switch of the setup menu has a reserved value");
  if (record.vlan > 4094)
    warn(fmt::format("the VLAN {} is not one of 0 to 4094", static_cast<unsigned>(record.vlan)));
  // An empty record is one that nobody has filled in yet.
  if (!filled(record.target)) return findings;
  if ((record.flags & iscsi_flag::target_dhcp) == 0) {
    if (record.portal_port == 0) warn("the target's TCP port is 0");
    if (record.portal == IpBytes{}) warn("the target has no address");
  }
  if ((record.flags & iscsi_flag::dhcp) == 0 && record.address == IpBytes{}) warn("no address and no DHCP");
  if (!filled(header.initiator) && (record.flags & iscsi_flag::dhcp) == 0)
    warn("no initiator name and no DHCP that could give one");
  return findings;
}

}  // namespace san::nic
