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

/// Storage of a LUN: a file in a pool, or a block device.
struct TargetVolume {
  std::string path;
  bool block_device = false;
  std::uint32_t block_size = 512;  ///< bytes of a logical block of the LUN: 512 or 4096
  bool thin = true;                ///< supports UNMAP
  bool read_only = false;

  bool operator==(const TargetVolume&) const = default;
};

/// Name and secret for one direction of CHAP (RFC 7143, 12.1.3).
struct ChapAccount {
  std::string user;
  Secret secret;  ///< empty in the results of list()

  bool operator==(const ChapAccount&) const = default;
};

/// Access to a target: initiators and CHAP accounts.
struct AccessRule {
  std::vector<std::string> initiators;  ///< iSCSI names; "ALL" for every initiator
  std::vector<ChapAccount> incoming;    ///< accounts of the initiators; empty for no CHAP
  std::vector<ChapAccount> outgoing;    ///< account of the target (mutual CHAP); at most one

  bool operator==(const AccessRule&) const = default;
};

struct AttachedLun {
  std::uint16_t lun = 0;
  std::uint64_t size = 0;  ///< bytes; 0 if the volume does not exist
  TargetVolume volume;
};

/// A session that is logged in at this moment.
struct TargetSession {
  std::string initiator, address;
};

/// Configuration and sessions of a target at this moment.
struct TargetState {
  std::string name;
  std::vector<AttachedLun> luns;  ///< disks only
  AccessRule access;
  std::map<std::string, std::string> parameters;  ///< by RFC 7143's names: "MaxBurstLength"
  std::vector<TargetSession> sessions;
};

/// Interface to the iSCSI target software of this machine. Each method takes effect at once and does one
/// thing only; the caller decides what to do, and makes repeated calls idempotent. All throw Error(failed)
/// that names the driver's program or file and its answer.
class Driver {
 public:
  virtual ~Driver() = default;

  /// Returns the name of the driver: "tgt", "lio".
  virtual std::string_view name() const = 0;
  /// Throws Error(failed) if this target software cannot be used here: not installed, not running, not in the
  /// kernel.
  virtual void require() = 0;
  virtual std::vector<TargetState> list() = 0;
  /// Returns the portals of the targets. The host is empty if they listen at every address of this machine.
  virtual std::vector<iscsi::Portal> portals() = 0;
  /// Returns the access rules of a target with their secrets, for persist() or allow(); nothing if a secret
  /// cannot be known (a target that another program has made).
  virtual std::optional<AccessRule> access(const std::string& target) = 0;
  /// Returns the access rules with their secrets as persist() has saved them, whatever the state of the
  /// target; nothing if it has not.
  virtual std::optional<AccessRule> written(const std::string& target) = 0;
  /// Returns the target that is saved with the file or device `volume` as a LUN; empty if there is none.
  virtual std::string written_with(const std::string& volume) = 0;
  /// Throws Error(refused) if the file to which persist() saves the target is not of its making: neither
  /// persist() nor the deletion of the target may replace or remove such a file.
  virtual void check_written(const std::string& /*target*/) {}

  virtual void create_target(const std::string& target) = 0;
  /// Deletes a target with its LUNs, access rules and accounts, not the volumes. The target must have no
  /// session.
  virtual void delete_target(const std::string& target) = 0;
  virtual void attach(const std::string& target, std::uint16_t lun, const TargetVolume& volume) = 0;
  virtual void detach(const std::string& target, std::uint16_t lun) = 0;
  /// Replaces the access rules of the target. At no moment in between may more initiators log in than by the
  /// old rules or by the new ones. Throws Error(refused) if an account has another secret for another target.
  virtual void allow(const std::string& target, const AccessRule& access) = 0;
  /// Deletes the CHAP accounts of `users` that no target uses. Does nothing if each target has accounts of
  /// its own.
  virtual void drop_accounts(const std::vector<std::string>& users) = 0;
  /// Sets parameters, by the names of RFC 7143; others keep their values.
  virtual void tune(const std::string& target, const std::map<std::string, std::string>& parameters) = 0;
  /// Saves the configuration of the target, or its absence if it does not exist, so that it is restored when
  /// this machine restarts. `access` supplies the secrets, which list() does not return. Returns false if the
  /// saved configuration was up to date.
  virtual bool persist(const std::string& target, const AccessRule& access) = 0;
};

/// Parameters of a new target. With tgt's defaults (segments of 8 KiB, an R2T for every burst) writes take
/// four to five times as long.
extern const std::map<std::string, std::string> kTuning;

}  // namespace san::target
