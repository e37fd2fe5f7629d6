// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/mac_address.h"
#include "flash/nvm/iscsi_edit.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"

namespace san::flash {
namespace {

void check_field(Diagnostics& findings, const std::string& where, const char* what,
                 std::span<const char> field, std::size_t longest) {
  const auto text = field_text(field);
  if (!text)
    findings.push_back({Severity::error, where,
                        fmt::format("the {} has no end: no zero byte in its {} bytes", what, field.size())});
  else if (text->size() > longest)
    findings.push_back({Severity::warning, where,
                        fmt::format("the {} has {} bytes, more than {}", what, text->size(), longest)});
}

void check_name_form(Diagnostics& findings, const std::string& where, const char* what,
                     std::span<const char> field) {
  const auto text = field_text(field);
  if (!text || text->empty()) return;
  if (const auto fault = iscsi::name_fault(*text, iscsi::NameRules::type))
    findings.push_back({Severity::warning, where, fmt::format("the {} {}", what, fault->cause)});
}

void check_secrets(Diagnostics& findings, const std::string& where, const IscsiRecord& record) {
  const auto warn = [&](std::string text) {
    findings.push_back({Severity::warning, where, std::move(text)});
  };
  const auto secret_size = [](const auto& field) { return field_text(field).value_or("").size(); };
  const auto auth = record_auth(record);
  if (!auth)
    findings.push_back({Severity::error, where, "the kind of authentication has the reserved value 3"});
  if (auth.value_or(Auth::none) != Auth::none) {
    if (!filled(record.user)) warn("CHAP without a user");
    if (secret_size(record.secret) < iscsi::kMinBootSecret)
      warn(fmt::format("CHAP with a secret of fewer than {} bytes", iscsi::kMinBootSecret));
  }
  if (auth == Auth::mutual_chap && secret_size(record.target_secret) < iscsi::kMinBootSecret)
    warn(fmt::format("mutual CHAP with a target's secret of fewer than {} bytes", iscsi::kMinBootSecret));
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

Diagnostics check_record(const IscsiHeader& header, const IscsiRecord& record, unsigned port) {
  Diagnostics findings;
  const std::string where = fmt::format("iSCSI block, port {}", port);
  const auto warn = [&](std::string text) {
    findings.push_back({Severity::warning, where, std::move(text)});
  };
  if (port == 1) {
    check_field(findings, "iSCSI block", "initiator name", header.initiator, iscsi::kMaxNameBytes);
    check_name_form(findings, "iSCSI block", "initiator name", header.initiator);
    if (header.reserved != 0 ||
        std::any_of(header.rest.begin(), header.rest.end(), [](auto b) { return b != 0; }))
      findings.push_back({Severity::warning, "iSCSI block", "reserved bytes of the head are not zero"});
  }
  check_field(findings, where, "target name", record.target, iscsi::kMaxNameBytes);
  check_name_form(findings, where, "target name", record.target);
  check_field(findings, where, "CHAP user", record.user, kMaxChapUser);
  check_field(findings, where, "CHAP secret", record.secret, iscsi::kMaxBootSecret);
  check_field(findings, where, "secret of the target", record.target_secret, iscsi::kMaxBootSecret);
  check_secrets(findings, where, record);
  if (const unsigned menu = record.flags & iscsi_flag::setup_menu;
      menu != 0 && menu != iscsi_flag::setup_menu)
    warn("the switch of the setup menu has a reserved value");
  if (record.vlan > boot::kMaxVlan)
    warn(fmt::format("the VLAN {} is not between 0 and {}", static_cast<unsigned>(record.vlan),
                     boot::kMaxVlan));
  // An empty record is one that has not been filled in yet.
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

}  // namespace san::flash
