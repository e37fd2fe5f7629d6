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

/// A directory with a file a volume: NAME.img, and NAME@SNAPSHOT.img for its snapshots. Nothing else is kept
/// about them, but for what a verb that changes them is about to do (target/unfinished.h).
class Pool {
 public:
  static constexpr const char* kDirectory = "/var/lib/sanboot/pool";

  /// The path is made absolute; nothing is looked at yet.
  explicit Pool(const std::string& directory = kDirectory);

  const std::string& directory() const { return directory_; }
  /// NAME.img, whether it is there or not. Throws Error(usage) as check_volume_name() does.
  std::string volume(const std::string& name) const;
  /// NAME@SNAPSHOT.img.
  std::string snapshot(const std::string& name, const std::string& snapshot) const;

  /// Names, sorted; none where there is no such directory.
  std::vector<std::string> volumes() const;
  std::vector<Snapshot> snapshots(const std::string& name) const;

  /// Makes the directory where it is missing. Throws Error(failed).
  void make_directory() const;
  /// Makes a volume of `size` bytes: a hole, or with `allocate` all of it reserved. The file is its owner's
  /// alone, and has its name only when it is whole. Nothing is left behind by a failure. Throws
  /// Error(refused) where the file is there, or the file system has not room for an allocated one.
  void create(const std::string& name, std::uint64_t size, bool allocate) const;

  /// Bytes that its volumes could still grow by, and bytes that are free for that.
  struct Room {
    std::uint64_t promised = 0, free = 0;
  };
  Room room() const;

 private:
  std::string directory_;
};

/// Names of volumes and of snapshots: letters (of volumes lower-case, since they become part of iSCSI names),
/// digits and . - _ (the last one of snapshots only), 1 to 63, a letter or digit in front. Throws
/// Error(usage).
void check_volume_name(std::string_view name);
void check_snapshot_name(std::string_view name);

}  // namespace san::target
