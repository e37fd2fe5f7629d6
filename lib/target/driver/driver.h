// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "iscsi/address/url.h"

namespace san::target {

/// What a LUN is made of: a file in a pool, or a block device.
struct Volume {
  std::string path;
  bool block_device = false;
  std::uint32_t block_size = 512;  ///< bytes of a logical block that the LUN has: 512 or 4096
  bool thin = true;                ///< takes UNMAP
  bool read_only = false;

  bool operator==(const Volume&) const = default;
};

/// One direction of CHAP (RFC 7143, 12.1.3).
struct ChapAccount {
  std::string user;
  Secret secret;  ///< empty in what list() returns

  bool operator==(const ChapAccount&) const = default;
};

/// Who may log in to a target.
struct AccessRule {
  std::vector<std::string> initiators;  ///< iSCSI names; "ALL" for everybody
  std::vector<ChapAccount> incoming;    ///< what initiators prove; none: no CHAP
  std::vector<ChapAccount> outgoing;    ///< what the target proves (mutual CHAP); at most one

  bool operator==(const AccessRule&) const = default;
};

struct AttachedLun {
  std::uint16_t lun = 0;
  std::uint64_t size = 0;  ///< bytes; 0 where the volume is not there
  Volume volume;
};

/// A session that is logged in at this moment.
struct TargetSession {
  std::string initiator, address;
};

/// A target as it is at this moment.
struct TargetState {
  std::string name;
  std::vector<AttachedLun> luns;  ///< disks only
  AccessRule access;
  std::map<std::string, std::string> parameters;  ///< by RFC 7143's names: "MaxBurstLength"
  std::vector<TargetSession> sessions;
};

/// An iSCSI target on this machine that takes orders. Each method does one thing at once, and only that; what
/// has to be done, and that doing it twice changes nothing, is the business of the caller. All throw
/// Error(failed) that names the driver's program or file, and what it answered.
class Driver {
 public:
  virtual ~Driver() = default;

  /// "tgt", "lio".
  virtual std::string_view name() const = 0;
  /// Throws Error(failed) where this target cannot be used here: not installed, not running, not in the
  /// kernel.
  virtual void require() = 0;
  virtual std::vector<TargetState> list() = 0;
  /// Where initiators find the targets; the host is empty where it is every address of this machine.
  virtual std::vector<iscsi::Portal> portals() = 0;
  /// The access rules of a target with their secrets, to be handed back to persist() or allow(); nothing
  /// where a secret cannot be known (a target that another program has made).
  virtual std::optional<AccessRule> access(const std::string& target) = 0;
  /// The access rules with their secrets as persist() has written them down, whatever the target is now;
  /// nothing where it has not.
  virtual std::optional<AccessRule> written(const std::string& target) = 0;
  /// The target that is written down with the file or device `volume` as a LUN; empty where none is.
  virtual std::string written_with(const std::string& volume) = 0;
  /// Throws Error(refused) where the place of what persist() writes about the target has something that is
  /// not of its making, which neither it nor the target's deletion may replace or remove.
  virtual void check_written(const std::string& /*target*/) {}

  virtual void create_target(const std::string& target) = 0;
  /// With its LUNs, access rules and accounts, not the volumes. The target has no session.
  virtual void delete_target(const std::string& target) = 0;
  virtual void attach(const std::string& target, std::uint16_t lun, const Volume& volume) = 0;
  virtual void detach(const std::string& target, std::uint16_t lun) = 0;
  /// Replaces the access rules of the target. At no moment in between may more initiators log in than by the
  /// old rules or by the new ones. Throws Error(refused) where an account has another secret for another
  /// target.
  virtual void allow(const std::string& target, const AccessRule& access) = 0;
  /// Takes away those CHAP accounts that no target uses. Nothing to be done where each has accounts of its
  /// own.
  virtual void drop_accounts(const std::vector<std::string>& users) = 0;
  /// Sets parameters, by RFC 7143's names; those not named keep their values.
  virtual void tune(const std::string& target, const std::map<std::string, std::string>& parameters) = 0;
  /// Writes down the target as it is (as it is not, where it is gone), so that it comes back when this
  /// machine does. `access` holds the secrets, which list() does not tell. False where just that was written
  /// down already.
  virtual bool persist(const std::string& target, const AccessRule& access) = 0;
};

/// What a new target gets. With tgt's own parameters (segments of 8 KiB, an R2T for every burst) writes take
/// four to five times as long.
extern const std::map<std::string, std::string> kTuning;

}  // namespace san::target
