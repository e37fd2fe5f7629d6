// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "iscsi/address/url.h"
#include "iscsi/lun/lun_info.h"
#include "iscsi/lun/scsi_inquiry_session.h"
#include "iscsi/scsi/port_groups.h"
#include "iscsi/scsi/reservations.h"

namespace san::iscsi {

/// Support of one SCSI command; empty if it is not known.
struct CommandSupport {
  std::string name;
  std::optional<bool> supported;
};

/// A LUN, its path, its other users and its commands, and the session with its target. As in LunInfo an
/// absent field is unknown.
struct LunReport {
  Url url;
  std::string initiator;  ///< initiator name of the login
  Portal address;         ///< address of the session
  LoginKeys::Keys negotiated;

  LunInfo info;
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
};

/// Logs in and queries everything, by `login.until` at the latest, plus at most a second for the logout.
/// Throws Error(failed) if the login fails or there is no such LUN.
LunReport query_lun_report(const Login& login);

}  // namespace san::iscsi
