// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <mutex>
#include <string>

#include "fake_target/options.h"
#include "fake_target/scsi.h"
#include "fake_target/store.h"

namespace fake {

/// What all sessions share. Every method may be called from any thread.
class Target {
 public:
  explicit Target(Options options);

  const Options& options() const { return options_; }
  std::optional<Action> match(const Subject& subject, Counters& session);
  Result execute(const Command& command, std::span<const std::byte> out, bool lun_exists);
  /// One line of the log.
  void log(const char* operation, std::uint64_t lba, std::uint64_t blocks, const std::string& outcome);

 private:
  const Options options_;
  std::mutex mutex_, log_mutex_;
  Store store_;
  Disk disk_;
  Counters counters_;
  std::ofstream log_;
};

}  // namespace fake
