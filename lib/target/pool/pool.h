// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace san::target {

struct Snapshot {
  std::string name, path;
  std::uint64_t size = 0;  ///< bytes
};

/// A directory with one file per volume: NAME.img, and NAME@SNAPSHOT.img for its snapshots. No other record
/// of them is kept, except the journal of a verb that is changing them (target/unfinished.h).
class Pool {
 public:
  static constexpr const char* kDirectory = "/var/lib/sanboot/pool";

  /// Makes the path absolute; nothing is accessed yet.
  explicit Pool(const std::string& directory = kDirectory);

  const std::string& directory() const { return directory_; }
  /// Returns the path of NAME.img, whether it exists or not. Throws Error(usage) like check_volume_name().
  std::string volume(const std::string& name) const;
  /// Returns the path of NAME@SNAPSHOT.img. Throws Error(usage) like check_snapshot_name().
  std::string snapshot(const std::string& name, const std::string& snapshot) const;

  /// Returns the names of the volumes, sorted; empty if there is no such directory.
  std::vector<std::string> volumes() const;
  std::vector<Snapshot> snapshots(const std::string& name) const;

  /// Makes the directory if it is missing. Throws Error(failed).
  void make_directory() const;
  /// Makes a volume of `size` bytes: sparse, or with `allocate` all of it reserved. Only the owner has access
  /// to the file, and it gets its name when it is complete. A failure leaves nothing behind. Throws
  /// Error(refused) if the file exists, or if the file system has not enough free space for an allocated one.
  void create(const std::string& name, std::uint64_t size, bool allocate) const;

  /// Bytes by which sparse volumes and snapshots could still grow, and bytes that are free.
  struct Room {
    std::uint64_t promised = 0, free = 0;
  };
  Room room() const;

 private:
  std::string directory_;
};

/// Checks the name of a volume: lower-case letters (volume names become part of iSCSI names), digits and . -,
/// 1 to 63 characters, a letter or digit first. Throws Error(usage).
void check_volume_name(std::string_view name);
/// Checks the name of a snapshot: letters, digits and . - _, 1 to 63 characters, a letter or digit first.
/// Throws Error(usage).
void check_snapshot_name(std::string_view name);

}  // namespace san::target
