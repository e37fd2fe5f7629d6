// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "block/filter/rescue_device.h"

namespace san {

/// A file with the map of bad sectors, updated while the source is read: a rescue may be killed after hours,
/// and the disk may not survive another one. See bad_map() and kBadMap.
class BadMapFile {
 public:
  /// Starts a thread that writes new bad ranges of `source`, which must outlive it, once a second. The file
  /// is created with the first one.
  BadMapFile(std::string path, const RescueDevice& source);
  /// Writes the current map unless finish() was called; an error goes to the log.
  ~BadMapFile();
  BadMapFile(const BadMapFile&) = delete;
  BadMapFile& operator=(const BadMapFile&) = delete;

  /// Writes the map of a source that was read to its end. Throws Error.
  void finish();

 private:
  void stop();
  void watch();
  void update();

  const std::string path_;
  const RescueDevice& source_;
  RangeSet written_;
  bool failed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool quit_ = false;
  std::thread thread_;
};

}  // namespace san
