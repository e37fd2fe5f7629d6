// SPDX-License-Identifier: Apache-2.0
#include "block/filter/bad_map_file.h"

#include <chrono>
#include <utility>

#include "block/filter/bad_map.h"
#include "core/error.h"
#include "core/process/log.h"
#include "core/process/operation.h"
#include "system/file/output_file.h"

namespace san {

BadMapFile::BadMapFile(std::string path, const RescueDevice& source)
    : path_(std::move(path)), source_(source), thread_(start_thread([this] { watch(); })) {}

BadMapFile::~BadMapFile() {
  if (!thread_.joinable()) return;
  stop();
  update();
}

void BadMapFile::stop() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BadMapFile::finish() {
  stop();
  write_output(path_, kBadMap, bad_map(source_.size(), source_.bad(), ReadSoFar::all));
}

void BadMapFile::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return quit_; })) update();
}

void BadMapFile::update() {
  RangeSet bad = source_.bad();
  if (bad == written_) return;
  try {
    write_output(path_, kBadMap, bad_map(source_.size(), bad, ReadSoFar::some));
    written_ = std::move(bad);
  } catch (const Error& error) {
    // The rescue continues: the disk may not be readable another time.
    if (!failed_) log::warning("{}; the clone goes on without it", error.what());
    failed_ = true;
  }
}

}  // namespace san
