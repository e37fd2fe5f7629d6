// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "boot/profile/login_options.h"
#include "iscsi/lun/lun_report.h"
#include "preflight/facts/ipxe_login.h"

namespace san::preflight {

struct SubjectOptions;

/// Result of a login attempt.
struct LoginResult {
  bool done = false;
  bool refused = false;     ///< by the target; false if it did not answer, or violated the protocol
  std::string cause, hint;  ///< reason of a failure and the next step; safe to print, no secret
};

/// A path to the LUN through one portal, with the results of its tests.
struct PathFacts {
  iscsi::Portal portal;  ///< as the booting machine reaches it, or as in the URL
  iscsi::Portal asked;   ///< as this machine reaches it
  bool named = false;  ///< true if it is the portal of the URL on the command line, given besides the profile

  /// Duration of the TCP connect, one round trip. Nothing if the connect failed.
  std::optional<std::chrono::microseconds> connect;
  std::string no_connection;  ///< reason if `connect` is empty

  LoginResult login;  ///< login as by the machine's operating system; not tried without a connection
  LoginResult ipxe;   ///< login as by iPXE (iscsi::ipxe_login())
  std::optional<IpxeLogin> keys;  ///< details of the login as by iPXE

  std::optional<iscsi::LunReport> report;  ///< nothing if there is no such LUN, or it does not answer
  std::string no_report;                   ///< reason if there is no report
  std::vector<std::string> luns;           ///< numbers of the target's LUNs, if this one is missing
};

/// Facts about the target of the boot profile or of the LUN's URL, as seen from this machine. Reading them
/// writes nothing to the LUN.
struct TargetFacts {
  std::string target;
  std::uint16_t lun = 0;
  std::string initiator;  ///< initiator name of the logins
  /// True if `initiator` is the name of the booting machine (from the profile, or --initiator); false if it
  /// is that of this machine.
  bool initiator_known = false;
  bool chap = false, mutual = false;  ///< authentication of the login
  std::string credentials_error;      ///< reason why no login could be tried: a secret that cannot be used

  std::vector<PathFacts> paths;  ///< in the profile's order; at least one
  /// With CHAP: true if the target also accepts the same initiator without it. Nothing if not known.
  std::optional<bool> open_without_chap;

  /// Durations of reads of 4 KiB spread over the LUN, one at a time, without the first one, in ascending
  /// order; empty if the reads fail.
  std::vector<std::chrono::microseconds> latencies;
  std::string no_latencies;      ///< reason if the reads failed or were cut short
  std::uint64_t bytes_read = 0;  ///< from the LUN

  /// Returns the first path over which the LUN was seen; null if there is none.
  const PathFacts* good_path() const;
  bool connected() const;  ///< true if a connection succeeded over at least one path
  bool logged_in() const;  ///< true if a login succeeded over at least one path
  /// Returns a quantile of the latencies, 0.5 for the median; nothing if there are none.
  std::optional<std::chrono::microseconds> latency(double part) const;
};

/// Queries the target of the profile, or else that of the URL on the command line. If both name the same LUN,
/// the URL is the address at which this machine reaches it; if they differ, the URL is a path of its own.
/// Takes seconds, and at most half a minute per path if the target does not answer. Returns null if neither
/// names a LUN. Throws Error(usage) for a login that cannot be made from the options, Error(interrupted).
std::unique_ptr<TargetFacts> read_target_facts(const SubjectOptions& options,
                                               const boot::BootProfile* profile,
                                               const boot::LoginOptions& login);

}  // namespace san::preflight
