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

/// Support of one SCSI command; empty if it is not known.
struct CommandSupport {
  std::string name;
  std::optional<bool> supported;
};

/// Everything that a LUN reports about itself, and the session about its target. A field that the target did
/// not give, or gave in a form that makes no sense, is absent: unknown, never "no".
struct LunReport {
  Url url;
  std::string initiator;  ///< initiator name of the login
  Portal address;         ///< address of the session
  LoginKeys::Keys negotiated;

  LunFacts facts;
  /// Answer to TEST UNIT READY: an empty string if the LUN is ready, else the reason. Nothing if there was no
  /// answer.
  std::optional<std::string> not_ready;
  bool reserved_by_another = false;  ///< true if TEST UNIT READY was answered by RESERVATION CONFLICT
  std::optional<BlockLimits> limits;
  std::optional<Provisioning> provisioning;
  std::optional<Characteristics> characteristics;
  Mode mode;
  std::optional<ReservationKeys> keys;
  std::optional<std::vector<Reservation>> reservation;  ///< an empty list if there is no reservation
  std::optional<std::vector<Registrant>> registrants;
  std::optional<ReservationCapabilities> reservation_capabilities;
  std::optional<std::vector<PortGroup>> port_groups;
  std::vector<CommandSupport> commands;
  bool commands_listed = false;  ///< true if the target listed them, false if they were tried one by one

  Diagnostics problems;
  bool complete = true;    ///< true if every command was answered, if only by a refusal
  std::string unanswered;  ///< else the first that was not, and why: "INQUIRY: no answer within 1.5 s"

  /// Returns the target's answer to a key of the login; empty if there was none.
  std::string key(const std::string& name) const;
  /// Returns the maximum bytes of data in a PDU to the target; nothing if unknown.
  std::optional<std::uint32_t> target_segment() const;
  /// Returns the target port group of this session, by the designators.
  std::optional<std::uint16_t> port_group() const;
  /// Returns the relative target port of this session, by the designators.
  std::optional<std::uint16_t> relative_port() const;
  /// Returns the entry of `port_groups` for this session's port; null if it is not known.
  const PortGroup* own_group() const;
  /// Returns the contradictions between different sources on thin provisioning and write protection, as
  /// clauses.
  std::vector<std::string> contradictions() const;
};

/// Logs in and queries everything, by `login.until` at the latest, plus at most a second for the logout.
/// Throws Error(failed) if the login fails or there is no such LUN.
LunReport query_lun_report(const Login& login);

}  // namespace san::iscsi
