// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <fstream>
#include <mutex>
#include <string>

#include "fake_target/options.h"
#include "fake_target/scsi.h"
#include "fake_target/store.h"
#include "fake_target/xcopy.h"

namespace fake {

/// What all sessions share. Every method may be called from any thread.
class Target {
 public:
  explicit Target(Options options);

  const Options& options() const { return options_; }
  std::optional<Action> match(const Subject& subject, Counters& session);
  Result execute(const Command& command, std::span<const std::byte> out, unsigned lun);
  /// Copies as ordered; half of each segment, or with a wrong bit, where `fault` says so.
  Result copy(const CopyOrder& order, std::optional<Action::Kind> fault, CopyRecord& record);
  /// One line of the log.
  void log(const char* operation, std::uint64_t lba, std::uint64_t blocks, const std::string& outcome);

 private:
  const Options options_;
  std::mutex mutex_, log_mutex_;
  struct Unit {
    Store store;
    Disk disk;
    Unit(const Options& options, const std::string& image, unsigned index)
        : store(image, options.size, index == 0 ? options.fill : std::byte{0}), disk(options, store, index) {}
  };
  Unit* unit(std::uint64_t naa);
  std::deque<Unit> units_;
  Counters counters_;
  std::ofstream log_;
};

}  // namespace fake
