// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::target {

/// A LUN of a target, as tgt shows it.
struct TgtLun {
  std::uint16_t lun = 0;
  std::string type, path, serial;  ///< "disk", "/srv/a.img", "SCSI SN"
  std::uint64_t megabytes = 0;     ///< units of 10^6 bytes, rounded down: too coarse for the size
  std::uint32_t block_size = 0;    ///< bytes
  bool thin = false, read_only = false;

  bool operator==(const TgtLun&) const = default;
};

struct TgtSession {
  std::uint64_t nexus = 0;
  std::string initiator, address;

  bool operator==(const TgtSession&) const = default;
};

/// A target, as tgt shows it.
struct TgtTarget {
  std::uint32_t tid = 0;
  std::string name, driver;
  std::vector<TgtLun> luns;
  std::vector<TgtSession> sessions;
  std::vector<std::string> incoming, outgoing;  ///< names of CHAP accounts
  std::vector<std::string> acl;                 ///< names and addresses of initiators, in tgt's order
};

// Parsers of the output of `tgtadm --op show`, which is made for people: lines with nested indentation
// (usr/target.c, tgt_target_show_all(), of tgt 1.0.85). They accept any text; unknown lines are ignored.

/// Parses `--mode target`; at most 65536 targets.
std::vector<TgtTarget> parse_tgt_targets(std::span<const std::byte> bytes);

/// Parses `--mode target --tid N`: "KEY=VALUE" lines.
std::map<std::string, std::string> parse_tgt_parameters(std::span<const std::byte> bytes);

/// Parses `--mode account`: the names under "Account list:".
std::vector<std::string> parse_tgt_accounts(std::span<const std::byte> bytes);

/// Parses `--mode portal`: "Portal: 192.0.2.1:3260,1" lines; the host is empty for "0.0.0.0" and "::". tgt
/// writes IPv6 addresses in brackets.
std::vector<iscsi::Portal> parse_tgt_portals(std::span<const std::byte> bytes);

}  // namespace san::target
