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

/// What a verb has done, a line each; empty where everything was there already.
struct Report {
  std::vector<std::string> done;
  bool changed() const { return !done.empty(); }
};

/// Who may log in, by names of CHAP users; the secrets are in files of a directory, USER.secret.
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
  /// The profile to be written; empty path: none. The names, LUN, and files of secrets are filled in, and a
  /// portal if there is none.
  std::string profile_path;
  boot::BootProfile profile;
};

struct Created {
  Report report;
  std::string target, volume, url;
  std::uint64_t size = 0;  ///< bytes
  std::vector<iscsi::Portal> portals;
  std::vector<std::string> secret_files;
};

/// Makes volume, target, LUN, access rules, accounts and profile, as far as they are not there yet. What has
/// been made is taken back where a later step fails. Throws Error(refused) that names every difference where
/// something else is there already, Error(usage), Error(failed), Error(interrupted).
Created create(Driver& driver, const Pool& pool, const CreateRequest& request);

/// FILE for the secret of `user`: DIRECTORY/USER.secret.
std::string secret_path(const std::string& directory, const std::string& user);

/// Throws Error(usage) for names that no target takes, and for CHAP in one direction twice.
void check_access(const AccessRequest& access);

/// Where machines find the targets: the driver's portals; in place of "every address", the one by which this
/// machine reaches others.
std::vector<iscsi::Portal> reachable_portals(Driver& driver);

}  // namespace san::target
