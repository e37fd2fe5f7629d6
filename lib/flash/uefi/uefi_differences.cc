// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/endian.h"
#include "core/text/printable.h"
#include "flash/uefi/attempt_text.h"
#include "flash/uefi/load_option.h"
#include "flash/uefi/uefi_flash.h"

namespace san::flash {
namespace {

std::string mask_of(const IscsiAttempt& a) {
  return fmt::format("{}.{}.{}.{}", a.mask[0], a.mask[1], a.mask[2], a.mask[3]);
}

/// Returns the fields of an attempt that users set, by name. Secrets are masked.
std::vector<std::pair<std::string, std::string>> fields(const IscsiAttempt& a) {
  return {{"state", mode_of(a)},
          {"NIC", stored_nic(a)},
          {"target", a.target},
          {"LUN", lun_of(a.lun)},
          {"portal", to_string(portal_of(a))},
          {"address", address_of(a)},
          {"netmask", mask_of(a)},
          {"gateway", address_text(a.gateway, false)},
          {"authentication", auth_of(a)},
          {"CHAP user", a.user},
          {"CHAP secret", masked(a.secret)},
          {"CHAP user of the target", a.target_user},
          {"CHAP secret of the target", masked(a.target_secret)},
          {"timeout", fmt::format("{} ms", a.timeout)},
          {"retries", std::to_string(a.retries)}};
}

/// Returns a short form of a variable's value by which users recognise it.
std::string value_of(const std::optional<Variable>& variable) {
  if (!variable) return "absent";
  const auto& data = variable->data;
  std::string out;
  if (variable->id.vendor == kOrderVendor) {
    for (const std::byte b : data)
      out += fmt::format("{}{}", out.empty() ? "" : ", ", std::to_integer<unsigned>(b));
  } else if (variable->id == VariableName{u"I_NAME", kAttemptVendor}) {
    for (const std::byte b : data)
      if (b != std::byte{0}) out += static_cast<char>(b);
  } else if (variable->id == VariableName{u"BootOrder", kGlobalVariable}) {
    for (std::size_t at = 0; at + 2 <= data.size(); at += 2)
      out += fmt::format("{}{:04X}", out.empty() ? "" : ", ", std::uint16_t{*read_at<le16>(data, at)});
  } else if (const auto ip6 = variable->id.vendor == kIp6Vendor ? decode_ip6(data) : std::nullopt) {
    out = to_string(*ip6);
  } else {
    out = fmt::format("{} bytes", data.size());
  }
  return san::printable(out);
}

}  // namespace

std::vector<FlashChange> uefi_differences(const VariableStore& before, const VariableStore& after) {
  std::vector<FlashChange> out;
  std::vector<VariableName> names;
  for (const VariableStore* store : {&before, &after})
    for (const Variable& v : store->variables())
      if (std::find(names.begin(), names.end(), v.id) == names.end()) names.push_back(v.id);
  for (const VariableName& id : names) {
    const auto a = before.get(id), b = after.get(id);
    if (a && b && a->data == b->data && a->attributes == b->attributes) continue;
    const auto old_attempt = a ? decode_attempt(a->data) : std::nullopt;
    const auto new_attempt = b ? decode_attempt(b->data) : std::nullopt;
    if (id.vendor != kAttemptVendor || !new_attempt) {
      out.push_back({printable(id.name), id.vendor.text(), value_of(a), value_of(b)});
      continue;
    }
    const auto old_fields = fields(old_attempt.value_or(IscsiAttempt{}));
    const auto new_fields = fields(*new_attempt);
    const std::size_t first = out.size();
    for (std::size_t i = 0; i < new_fields.size(); ++i)
      if (old_fields[i].second != new_fields[i].second)
        out.push_back({printable(id.name), new_fields[i].first, old_attempt ? old_fields[i].second : "",
                       new_fields[i].second});
    if (out.size() == first)
      out.push_back({printable(id.name), a ? "a secret, or what the firmware noted" : "made, and not used",
                     value_of(a), value_of(b)});
  }
  if (out.empty() && before.image() != after.image())
    out.push_back({"store", "deleted variables and free space", "", ""});
  return out;
}

}  // namespace san::flash
