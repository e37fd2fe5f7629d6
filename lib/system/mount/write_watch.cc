// SPDX-License-Identifier: Apache-2.0
#include "system/mount/write_watch.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/sysmacros.h>

#include <ctime>
#include <sstream>
#include <vector>

#include "core/units.h"

namespace san {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Waits, 20 ms at most, until a write would get another modification time than `time`; a time in the future
/// is not reached.
void wait_for_later(const timespec& time) {
  constexpr int kSteps = 20;
  for (int i = 0; i < kSteps; ++i) {
    timespec now = {};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (nanoseconds(now) > nanoseconds(time)) return;
    const timespec step = {0, 1'000'000};
    nanosleep(&step, nullptr);
  }
}

}  // namespace

WriteWatch::WriteWatch(const std::string& path, Sysfs sysfs)
    : sysfs_(std::move(sysfs)), fd_(open_path(path, O_PATH)) {
  if (!fd_ || fstat(fd_.get(), &before_) != 0) return;
  if (S_ISREG(before_.st_mode)) wait_for_later(before_.st_mtim);
  sectors_before_ = sectors_written();
}

std::optional<std::uint64_t> WriteWatch::sectors_written() const {
  if (!S_ISBLK(before_.st_mode)) return std::nullopt;
  std::istringstream line(
      sysfs_.line(fmt::format("/sys/dev/block/{}:{}/stat", major(before_.st_rdev), minor(before_.st_rdev))));
  std::vector<std::uint64_t> fields;
  for (std::uint64_t field = 0; line >> field;) fields.push_back(field);
  // Counted from 0: sectors written, and discarded since Linux 4.18.
  constexpr std::size_t kWritten = 6, kDiscarded = 13;
  if (fields.size() <= kWritten) return std::nullopt;
  return fields[kWritten] + (fields.size() > kDiscarded ? fields[kDiscarded] : 0);
}

std::string WriteWatch::trace() const {
  struct stat now = {};
  if (!fd_ || fstat(fd_.get(), &now) != 0) return {};
  if (S_ISREG(now.st_mode)) {
    if (now.st_size != before_.st_size)
      return fmt::format("it had {} bytes, and has {}", before_.st_size, now.st_size);
    return nanoseconds(now.st_mtim) != nanoseconds(before_.st_mtim) ? "it was modified" : "";
  }
  const auto sectors = sectors_written();
  if (!sectors || !sectors_before_ || *sectors == *sectors_before_) return {};
  constexpr std::uint64_t kSector = 512;
  return fmt::format("{} were written to it", format_size((*sectors - *sectors_before_) * kSector));
}

}  // namespace san
