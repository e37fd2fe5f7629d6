// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/address/url.h"
#include "iscsi/lun/lun_facts.h"
#include "iscsi/lun/scsi_inquiry_session.h"
#include "iscsi/scsi/port_groups.h"
#include "iscsi/scsi/reservations.h"

namespace san::iscsi {

/// Whether a command is there, as far as it is known.
struct CommandSupport {
  std::string name;
  std::optional<bool> supported;
};

/// All that a LUN tells about itself, and the session about its target. What the target did not say, or said
/// so that it makes no sense, is absent: unknown, which is never "no".
struct LunReport {
  Url url;
  std::string initiator;  ///< the name that was logged in with
  Portal address;         ///< where the session went
  LoginKeys::Keys negotiated;

  LunFacts facts;
  /// TEST UNIT READY: an empty string is "ready", else why not; nothing: no answer.
  std::optional<std::string> not_ready;
  bool reserved_by_another = false;  ///< a command was answered by RESERVATION CONFLICT
  std::optional<BlockLimits> limits;
  std::optional<Provisioning> provisioning;
  std::optional<Characteristics> characteristics;
  Mode mode;
  std::optional<ReservationKeys> keys;
  std::optional<std::vector<Reservation>> reservation;  ///< empty: there is none
  std::optional<std::vector<Registrant>> registrants;
  std::optional<ReservationCapabilities> reservation_capabilities;
  std::optional<std::vector<PortGroup>> port_groups;
  std::vector<CommandSupport> commands;
  bool commands_listed = false;  ///< by the target; else by what it answered

  std::vector<Problem> problems;
  bool complete = true;    ///< every question was answered, if only by a refusal
  std::string unanswered;  ///< else the first that was not, and why: "INQUIRY: no answer within 1.5 s"

  /// What the target's answer to a key of the login is; empty: it said nothing.
  std::string key(const std::string& name) const;
  /// Most bytes of data in a PDU to the target; nothing: unknown.
  std::optional<std::uint32_t> target_segment() const;
  /// The target port group and relative port of this session, by the designators.
  std::optional<std::uint16_t> port_group() const;
  std::optional<std::uint16_t> relative_port() const;
  /// The group of `port_groups` that this session goes through.
  const PortGroup* own_group() const;
  /// Where what is said of thin provisioning in different places does not agree: clauses.
  std::vector<std::string> contradictions() const;
};

/// Logs in and asks for everything. Takes until `login.until` at most, and a second for the logout. Throws
/// Error(failed) where the login fails or there is no such LUN.
LunReport query_lun_report(const Login& login);

}  // namespace san::iscsi
