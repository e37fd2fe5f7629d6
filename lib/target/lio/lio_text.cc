// SPDX-License-Identifier: Apache-2.0
#include "target/lio/lio_text.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "iscsi/address/iscsi_name.h"

namespace san::target {

namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank(" \t\r\n\0", 5);
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// Returns the text after `key`, up to `ends` or the end of the line.
std::string_view behind(std::string_view text, std::string_view key, std::string_view ends = "\n") {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + key.size());
  return rest.substr(0, std::min(rest.find('\n'), rest.find(ends)));
}

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> number_behind(std::string_view prefix, std::string_view name,
                                           std::uint32_t limit) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto value = whole_number(name.substr(prefix.size()));
  if (!value || *value > limit) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

LioDeviceInfo parse_device_info(std::span<const std::byte> text) {
  const std::string_view all = as_text(text);
  LioDeviceInfo info;
  // "TCM FILEIO ID: 0        File: PATH  Size: 268435456  Mode: O_DSYNC Async: 0". A path may have blanks,
  // and even a "  Size: " in it: the last one counts.
  const std::string_view line = behind(all, "File: ");
  const std::size_t size = line.rfind("  Size: ");
  if (size != std::string_view::npos) {
    info.path = line.substr(0, size);
    const std::string_view digits = line.substr(size + 8);
    info.size = whole_number(digits.substr(0, digits.find(' ')));
  }
  // "iBlock device: sda  UDEV PATH: /dev/sda  readonly: 0"
  constexpr std::string_view kReadOnly = "  readonly: ";
  const std::size_t read_only = all.rfind(kReadOnly);
  if (read_only != std::string_view::npos)
    info.read_only = all.substr(read_only + kReadOnly.size()).starts_with('1');
  return info;
}

std::optional<TargetSession> parse_session_info(std::span<const std::byte> text) {
  const std::string_view all = as_text(text);
  if (!all.starts_with("InitiatorName:")) return std::nullopt;
  TargetSession session;
  session.initiator = trimmed(behind(all, "InitiatorName:"));
  // "   Address 192.0.2.1:51234 TCP  StatSN: 0x…", one a connection
  session.address = trimmed(behind(all, "   Address ", " TCP"));
  return session;
}

std::vector<std::string> parse_dynamic_sessions(std::span<const std::byte> text) {
  std::string_view rest = as_text(text);
  std::vector<std::string> names;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(std::string_view("\n\0", 2)), rest.size());
    const std::string_view name = trimmed(rest.substr(0, end));
    if (!name.empty()) names.emplace_back(name);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

void check_lio_name(const std::string& name) {
  if (const auto fault = iscsi::name_fault(name, iscsi::NameRules::rtslib))
    throw Error(Exit::failed, name, fault->cause, fault->hint);
}

}  // namespace san::target
