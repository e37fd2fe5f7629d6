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

/// A disk of a target, as tgt tells of it.
struct TgtLun {
  std::uint16_t lun = 0;
  std::string type, path, serial;  ///< "disk", "/srv/a.img", "SCSI SN"
  std::uint64_t megabytes = 0;     ///< of 10^6 bytes, rounded down: too coarse to be the size
  std::uint32_t block_size = 0;    ///< bytes
  bool thin = false, read_only = false;

  bool operator==(const TgtLun&) const = default;
};

struct TgtSession {
  std::uint64_t nexus = 0;
  std::string initiator, address;

  bool operator==(const TgtSession&) const = default;
};

/// A target, as tgt tells of it.
struct TgtTarget {
  std::uint32_t tid = 0;
  std::string name, driver;
  std::vector<TgtLun> luns;
  std::vector<TgtSession> sessions;
  std::vector<std::string> incoming, outgoing;  ///< names of CHAP accounts
  std::vector<std::string> acl;                 ///< initiators' names and addresses, mixed as they come
};

// What `tgtadm --op show` prints is made for people: lines, indented by how deep they stand (usr/target.c,
// tgt_target_show_all(), of tgt 1.0.85). These readers take any text; lines that they do not know are passed
// over.

/// `--mode target`. At most 65536 targets.
std::vector<TgtTarget> parse_tgt_targets(std::span<const std::byte> bytes);

/// `--mode target --tid N`: "KEY=VALUE" lines.
std::map<std::string, std::string> parse_tgt_parameters(std::span<const std::byte> bytes);

/// `--mode account`: the names under "Account list:".
std::vector<std::string> parse_tgt_accounts(std::span<const std::byte> bytes);

/// `--mode portal`: "Portal: 192.0.2.1:3260,1" lines; the host is empty for "0.0.0.0" and "::". tgt writes
/// IPv6 addresses in brackets.
std::vector<iscsi::Portal> parse_tgt_portals(std::span<const std::byte> bytes);

}  // namespace san::target
