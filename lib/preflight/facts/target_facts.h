// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "iscsi/login/credentials.h"
#include "iscsi/lun/lun_report.h"
#include "preflight/facts/ipxe_login.h"

namespace san::preflight {

struct SubjectOptions;

/// How a login ended.
struct LoginResult {
  bool done = false;
  bool refused = false;     ///< the target said no; else it said nothing, or nonsense
  std::string cause, hint;  ///< why it is not done; safe to print, no secret
};

/// One way to the LUN.
struct PathFacts {
  iscsi::Portal portal;  ///< as the machine reaches it, or as it stands in the URL
  iscsi::Portal asked;   ///< as this machine reaches it
  bool named = false;    ///< it is that of the URL on the command line, beside the profile

  /// Time of the TCP connect, one round trip; nothing: nobody takes a connection there.
  std::optional<std::chrono::microseconds> connect;
  std::string no_connection;  ///< why

  LoginResult login;  ///< as the machine's operating system would; without a connection, nothing
  LoginResult ipxe;   ///< as iPXE would (iscsi::ipxe_login())
  std::optional<iscsi::IpxeLogin> keys;  ///< of that

  std::optional<iscsi::LunReport> card;  ///< the LUN; nothing where there is none, or it does not answer
  std::string no_report;                 ///< why
  std::vector<std::string> luns;         ///< numbers of those that the target has, where this one is missing
};

/// What the target of the boot profile, or of the LUN's URL, tells, as seen from here. Nothing was written to
/// the LUN.
struct TargetFacts {
  std::string target;
  std::uint16_t lun = 0;
  std::string initiator;  ///< the name that was logged in with
  /// Whether that is the name of the machine that is to boot (of the profile, or --initiator), rather than
  /// that of this one.
  bool initiator_known = false;
  bool chap = false, mutual = false;  ///< how the login authenticates
  std::string credentials_error;      ///< why nobody could even try: a secret that will not do

  std::vector<PathFacts> paths;  ///< in the profile's order; never none
  /// With CHAP: whether the target lets the same initiator in without it; nothing: not known.
  std::optional<bool> open_without_chap;

  /// Of reads of 4 KiB all over the LUN, one at a time, ascending; none where they fail.
  std::vector<std::chrono::microseconds> latencies;
  std::string no_latencies;      ///< why
  std::uint64_t bytes_read = 0;  ///< from the LUN

  /// The first path over which the LUN was seen; null where there is none.
  const PathFacts* good_path() const;
  bool connected() const;  ///< over one path at least
  bool logged_in() const;  ///< over one path at least
  /// The value that a part of the latencies does not exceed: 0.5 for the median.
  std::optional<std::chrono::microseconds> latency(double part) const;
};

/// Asks the target of the profile, else that of the URL on the command line. Where both name the same LUN,
/// the URL is how this machine reaches it; where they do not, the URL's is a path of its own. Takes seconds,
/// and half a minute a path at most with a target that is silent. Null where neither names a LUN. Throws
/// Error(usage) for a login that cannot be made of the options, Error(interrupted).
std::unique_ptr<TargetFacts> read_target_facts(const SubjectOptions& options,
                                               const boot::BootProfile* profile,
                                               const iscsi::LoginOptions& login);

}  // namespace san::preflight
