// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/iscsi_name.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "core/error.h"
#include "iscsi/address/limits.h"

namespace san::iscsi {
namespace {

constexpr std::string_view kDigits = "0123456789", kHex = "0123456789abcdef";
constexpr const char* kIqnForm = "the form is iqn.YYYY-MM.REVERSED.DOMAIN[:ANYTHING]";

bool all_of(std::string_view text, std::string_view set) {
  return text.find_first_not_of(set) == std::string_view::npos;
}

/// Returns true if the label of a domain name is valid: RFC 1034, 3.5, with the leading digit that RFC 1123,
/// 2.1 permits.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         all_of(label, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

/// Checks an IQN (RFC 7143, 4.2.7.4): a date, the reversed name of a domain, and a part chosen by its owner.
std::optional<Fault> iqn_fault(std::string_view name) {
  const std::string_view rest = name.substr(4);
  const std::string_view date = rest.substr(0, rest.find('.'));
  if (date.size() != 7 || date[4] != '-' || !all_of(date.substr(0, 4), kDigits) ||
      !all_of(date.substr(5), kDigits))
    return Fault{fmt::format("has \"{}\" where year and month belong (RFC 7143, 4.2.7.4)", date), kIqnForm};
  if (date.substr(5) < "01" || date.substr(5) > "12")
    return Fault{fmt::format("has the month {}, which does not exist (RFC 7143, 4.2.7.4)", date.substr(5)),
                 kIqnForm};
  std::string_view domain = rest.substr(date.size());
  domain = domain.substr(0, domain.find(':'));
  if (domain.size() < 2)
    return Fault{"names no domain as its naming authority (RFC 7143, 4.2.7.4)", kIqnForm};
  while (!domain.empty()) {
    domain.remove_prefix(1);  // the dot
    const std::string_view label = domain.substr(0, domain.find('.'));
    if (!is_label(label))
      return Fault{fmt::format("has \"{}\" in its domain, which no domain can (RFC 1034, 3.5)", label),
                   kIqnForm};
    domain.remove_prefix(label.size());
    if (domain == ".") return Fault{"has a dot at the end of its domain (RFC 7143, 4.2.7.4)", kIqnForm};
  }
  return std::nullopt;
}

std::optional<Fault> structure_fault(std::string_view name) {
  if (name.starts_with("iqn.")) return iqn_fault(name);
  if (name.starts_with("eui.")) {
    if (name.size() != 4 + 16 || !all_of(name.substr(4), kHex))
      return Fault{"is not eui. and 16 hexadecimal digits (RFC 7143, 4.2.7.5)", ""};
    return std::nullopt;
  }
  if (name.starts_with("naa.")) {
    if ((name.size() != 4 + 16 && name.size() != 4 + 32) || !all_of(name.substr(4), kHex))
      return Fault{"is not naa. and 16 or 32 hexadecimal digits (RFC 7143, 4.2.7.6)", ""};
    return std::nullopt;
  }
  return Fault{"does not begin with iqn., eui. or naa. (RFC 7143, 4.2.7.3)",
               "names look like iqn.2026-11.org.example:disk1"};
}

/// Returns the fault of a name with ASCII characters that RFC 3722 prohibits.
std::optional<Fault> character_fault(std::string_view name) {
  const auto odd = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:");
  if (odd == std::string_view::npos) return std::nullopt;
  const char c = name[odd];
  return Fault{c > 0x20 && c < 0x7F ? fmt::format("has a '{}', which no iSCSI name has (RFC 3722)", c)
                                    : "has a blank or control character, which no iSCSI name has (RFC 3722)",
               "letters, digits, '-', '.' and ':' are allowed"};
}

std::optional<Fault> portable_fault(std::string_view name) {
  if (name.size() > kMaxNameBytes)
    return Fault{fmt::format("has {} bytes, and an iSCSI name at most {} (RFC 7143, 4.2.7.1)", name.size(),
                             kMaxNameBytes),
                 ""};
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return Fault{"has characters beyond ASCII, which firmware cannot take", "name it in ASCII"};
  const std::string better = to_lower(name);
  if (auto fault = character_fault(better)) return fault;
  if (auto fault = structure_fault(better)) return fault;
  // RFC 3722: upper case is mapped to lower case (table B.2 of RFC 3454). Software that compares bytes, as
  // targets and firmware do, must be given lower case.
  if (better != name)
    return Fault{"has capital letters: iSCSI names are lower case (RFC 3722)",
                 fmt::format("write \"{}\"", better)};
  return std::nullopt;
}

bool has_type(std::string_view name) {
  return name.starts_with("iqn.") || name.starts_with("eui.") || name.starts_with("naa.");
}

std::optional<Fault> existing_fault(std::string_view name) {
  const auto usable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '/'; };
  const char* const hint = "names look like iqn.2026-11.org.example:disk1, eui.0123456789abcdef or naa.5000…";
  if (!has_type(name)) return Fault{fmt::format("\"{}\" is not an iSCSI name", name), hint};
  if (name.size() > kMaxNameBytes)
    return Fault{
        fmt::format("the iSCSI name has {} bytes, at most {} are allowed", name.size(), kMaxNameBytes), ""};
  if (!std::all_of(name.begin(), name.end(), usable))
    return Fault{fmt::format("\"{}\" has characters that no iSCSI name has", name), hint};
  return std::nullopt;
}

/// Returns true for "2026-11.org.example:host1", by rtslib-fb's expression for iqn: a date and two dots.
bool is_rtslib_iqn(std::string_view rest) {
  return rest.size() > 8 && all_of(rest.substr(0, 4), kDigits) && rest[4] == '-' &&
         (rest[5] == '0' || rest[5] == '1') && all_of(rest.substr(6, 1), kDigits) && rest[7] == '.' &&
         rest.find('.', 8) != std::string_view::npos;
}

bool is_restorable(std::string_view name) {
  if (std::any_of(name.begin(), name.end(),
                  [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == ' '; }))
    return false;
  const std::string_view rest = name.substr(std::min<std::size_t>(4, name.size()));
  if (name.starts_with("iqn.")) return is_rtslib_iqn(rest);
  if (name.starts_with("eui.")) return rest.size() == 16 && all_of(rest, kHex);
  return name.starts_with("naa.") && rest.size() == 16 && all_of(rest, kHex) &&
         all_of(rest.substr(0, 1), "125");
}

}  // namespace

std::optional<Fault> name_fault(std::string_view name, NameRules rules) {
  switch (rules) {
    case NameRules::existing:
      return existing_fault(name);
    case NameRules::portable:
      return portable_fault(name);
    case NameRules::rtslib:
      if (is_restorable(name)) return std::nullopt;
      return Fault{"targetctl would not restore a target or an initiator of this name",
                   "LIO takes names in lower case without \"_\", with two dots behind the date of an iqn: "
                   "iqn.2026-11.org.example:host1"};
    case NameRules::type:
      break;
  }
  if (has_type(name)) return std::nullopt;
  return Fault{"does not begin with iqn., eui. or naa.", ""};
}

void check_name(std::string_view name, std::string_view what) {
  if (const auto fault = name_fault(name, NameRules::existing))
    throw Error(Exit::usage, std::string(what), fault->cause, fault->hint);
}

std::string iscsi_name(std::string_view typed, std::string_view what) {
  const std::size_t type = std::min<std::size_t>(typed.size(), 4);
  std::string name = to_lower(typed.substr(0, type)) + std::string(typed.substr(type));
  check_name(name, what);
  return name;
}

}  // namespace san::iscsi
