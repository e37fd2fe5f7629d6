// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boot/profile/boot_profile.h"
#include "target/driver/driver.h"
#include "target/pool/pool.h"

namespace san::target {

/// Changes that a verb has made, one line each; empty if nothing had to be changed.
struct Changes {
  std::vector<std::string> done;
  bool changed() const { return !done.empty(); }
};

/// Requested access to a target, with CHAP users by name; their secrets are in the files USER.secret of a
/// directory.
struct AccessRequest {
  std::vector<std::string> initiators;
  std::string chap_user;         ///< empty for none
  std::string mutual_chap_user;  ///< empty for none
  std::string secret_directory;  ///< empty for the current one
};

struct CreateRequest {
  std::string name;
  std::uint64_t size = 0;  ///< bytes; 0 with a device
  bool allocate = false;   ///< reserve the file's blocks
  std::string device;      ///< block device that becomes the volume, in place of a file of the pool
  std::uint32_t block_size = 512;
  bool thin = true;
  std::string target;  ///< iSCSI name; empty for default_target()
  std::uint16_t lun = 1;
  AccessRequest access;
  /// Boot profile to be written to `profile_path`; none if that is empty. Names, LUN and secret files are
  /// filled in, and a portal if the profile has none.
  std::string profile_path;
  boot::BootProfile profile;
};

struct Created {
  Changes report;
  std::string target, volume, url;
  std::uint64_t size = 0;  ///< bytes
  std::vector<iscsi::Portal> portals;
  std::vector<std::string> secret_files;
};

/// Creates volume, target, LUN, access rules, accounts and profile, as far as they do not exist. If a step
/// fails the earlier ones are undone. Throws Error(refused) that lists every difference if something else
/// exists already, Error(usage), Error(failed), Error(interrupted).
Created create(Driver& driver, const Pool& pool, const CreateRequest& request);

/// Returns the file for the secret of `user`: DIRECTORY/USER.secret.
std::string secret_path(const std::string& directory, const std::string& user);

/// Throws Error(usage) for names that no target accepts, for mutual CHAP without CHAP, and for one user in
/// both directions.
void check_access(const AccessRequest& access);

/// Returns the portals by which other machines reach the targets: those of the driver, with "every address"
/// replaced by the address from which this machine reaches others.
std::vector<iscsi::Portal> reachable_portals(Driver& driver);

}  // namespace san::target
