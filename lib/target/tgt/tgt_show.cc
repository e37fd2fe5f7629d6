// SPDX-License-Identifier: Apache-2.0
#include "target/tgt/tgt_show.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/error.h"

namespace san::target {
namespace {

constexpr std::size_t kMaxTargets = 65536;
constexpr std::string_view kOutgoing = " (outgoing)";

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Removes the first line, without its line feed, from `text` and returns it.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line.substr(0, std::min(line.find('\0'), line.size()));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

/// Returns the text after `key` if `line` begins with it.
std::optional<std::string_view> after(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return std::nullopt;
  return trimmed(line.substr(key.size()));
}

/// Parses "Target 1: iqn.2026-11.org.example:a".
std::optional<TgtTarget> target_line(std::string_view line) {
  const auto rest = after(line, "Target ");
  if (!rest) return std::nullopt;
  const auto colon = rest->find(": ");
  const auto tid = number<std::uint32_t>(*rest);
  if (!tid || colon == std::string_view::npos) return std::nullopt;
  TgtTarget target;
  target.tid = *tid;
  target.name = trimmed(rest->substr(colon + 2));
  return target;
}

void lun_line(TgtLun& lun, std::string_view line) {
  if (const auto type = after(line, "Type: ")) lun.type = *type;
  if (const auto serial = after(line, "SCSI SN: ")) lun.serial = *serial;
  if (const auto size = after(line, "Size: ")) {
    lun.megabytes = number<std::uint64_t>(*size).value_or(0);
    constexpr std::string_view kBlock = "Block size: ";
    if (const auto block = size->find(kBlock); block != std::string_view::npos)
      lun.block_size = number<std::uint32_t>(size->substr(block + kBlock.size())).value_or(0);
  }
  if (const auto read_only = after(line, "Readonly: ")) lun.read_only = *read_only == "Yes";
  if (const auto thin = after(line, "Thin-provisioning: ")) lun.thin = *thin == "Yes";
  if (const auto path = after(line, "Backing store path: ")) lun.path = *path;
}

void session_line(TgtSession& session, std::string_view line) {
  if (const auto initiator = after(line, "Initiator: "))
    session.initiator =
        trimmed(initiator->substr(0, std::min(initiator->find(" alias:"), initiator->size())));
  if (const auto address = after(line, "IP Address: ")) session.address = *address;
}

enum class Section { none, system, nexus, lun, account, acl };

std::optional<Section> section_line(std::string_view line) {
  if (line == "System information:") return Section::system;
  if (line == "I_T nexus information:") return Section::nexus;
  if (line == "LUN information:") return Section::lun;
  if (line == "Account information:") return Section::account;
  if (line == "ACL information:") return Section::acl;
  return std::nullopt;
}

/// Parses one line of a section that lists items: "LUN: 1", "I_T nexus: 2", or a property of the last one.
void content_line(TgtTarget& target, Section section, std::string_view line) {
  switch (section) {
    case Section::none:
      break;
    case Section::system:
      if (const auto driver = after(line, "Driver: ")) target.driver = *driver;
      break;
    case Section::nexus:
      if (const auto nexus = after(line, "I_T nexus: "))
        target.sessions.push_back({number<std::uint64_t>(*nexus).value_or(0), "", ""});
      else if (!target.sessions.empty())
        session_line(target.sessions.back(), line);
      break;
    case Section::lun:
      if (const auto lun = after(line, "LUN: ")) {
        target.luns.emplace_back();
        target.luns.back().lun = number<std::uint16_t>(*lun).value_or(0);
      } else if (!target.luns.empty()) {
        lun_line(target.luns.back(), line);
      }
      break;
    case Section::account:
      if (line.ends_with(kOutgoing))
        target.outgoing.emplace_back(line.substr(0, line.size() - kOutgoing.size()));
      else
        target.incoming.emplace_back(line);
      break;
    case Section::acl:
      target.acl.emplace_back(line);
      break;
  }
}

}  // namespace

std::vector<TgtTarget> parse_tgt_targets(std::span<const std::byte> bytes) {
  std::vector<TgtTarget> targets;
  Section section = Section::none;
  for (std::string_view text = as_text(bytes); !text.empty();) {
    const std::string_view full = next_line(text), line = trimmed(full);
    if (line.empty()) continue;
    if (auto target = target_line(full)) {
      if (targets.size() == kMaxTargets) break;
      targets.push_back(std::move(*target));
      section = Section::none;
      continue;
    }
    // A heading has depth 4. An account could have its name.
    const bool heading = full.starts_with("    ") && !full.starts_with("     ");
    if (const auto next = heading ? section_line(line) : std::nullopt)
      section = *next;
    else if (!targets.empty())
      content_line(targets.back(), section, line);
  }
  return targets;
}

std::map<std::string, std::string> parse_tgt_parameters(std::span<const std::byte> bytes) {
  std::map<std::string, std::string> result;
  for (std::string_view text = as_text(bytes); !text.empty();) {
    const std::string_view line = next_line(text);
    if (const auto equal = line.find('='); equal != std::string_view::npos && equal > 0 && line[0] != ' ')
      result[std::string(line.substr(0, equal))] = trimmed(line.substr(equal + 1));
  }
  return result;
}

std::vector<std::string> parse_tgt_accounts(std::span<const std::byte> bytes) {
  std::vector<std::string> result;
  for (std::string_view text = as_text(bytes); !text.empty();)
    if (const std::string_view line = next_line(text); line.starts_with(' ') && !trimmed(line).empty())
      result.emplace_back(trimmed(line));
  return result;
}

std::vector<iscsi::Portal> parse_tgt_portals(std::span<const std::byte> bytes) {
  std::vector<iscsi::Portal> result;
  for (std::string_view text = as_text(bytes); !text.empty();) {
    const auto rest = after(next_line(text), "Portal: ");
    if (!rest) continue;
    try {
      iscsi::Portal portal = iscsi::parse_portal(rest->substr(0, rest->rfind(',')));
      if (portal.host == "0.0.0.0" || portal.host == "::") portal.host.clear();
      result.push_back(std::move(portal));
    } catch (const Error&) {
      // A line of a newer tgt.
    }
  }
  return result;
}

}  // namespace san::target
