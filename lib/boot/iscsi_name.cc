// SPDX-License-Identifier: Apache-2.0
#include "boot/iscsi_name.h"

#include <fmt/core.h>

#include <algorithm>

namespace san::boot {
namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz", kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kDigits = "0123456789", kHex = "0123456789abcdef";
constexpr const char* kIqnForm = "the form is iqn.YYYY-MM.REVERSED.DOMAIN[:ANYTHING]";

bool all_of(std::string_view text, std::string_view set) {
  return text.find_first_not_of(set) == std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (const auto at = kUpper.find(c); at != std::string_view::npos) c = kLower[at];
  return result;
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

}  // namespace

std::optional<Fault> name_fault(std::string_view name) {
  if (name.size() > 223)
    return Fault{fmt::format("has {} bytes, and an iSCSI name at most 223 (RFC 7143, 4.2.7.1)", name.size()),
                 ""};
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return Fault{"has characters beyond ASCII, which firmware cannot take", "name it in ASCII"};
  const std::string better = lower(name);
  if (auto fault = character_fault(better)) return fault;
  if (auto fault = structure_fault(better)) return fault;
  // RFC 3722: upper case is mapped to lower case (table B.2 of RFC 3454). Software that compares bytes, as
  // targets and firmware do, must be given lower case.
  if (better != name)
    return Fault{"has capital letters: iSCSI names are lower case (RFC 3722)",
                 fmt::format("write \"{}\"", better)};
  return std::nullopt;
}

}  // namespace san::boot
