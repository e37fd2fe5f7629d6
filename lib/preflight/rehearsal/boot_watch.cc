// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/boot_watch.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"

namespace san::preflight {
namespace {

/// A root file system that is mounted read-write is written to more than once. GRUB writes 1 KiB (grubenv),
/// and tgt counts the parameters of other commands as data, too.
constexpr std::uint64_t kWritesOfRoot = 4096;

}  // namespace

void RehearsalWatch::account(const RehearsalSample& sample) {
  for (const SessionTraffic& now : sample.sessions) {
    // A session's numbers are gone when it is; the last ones count.
    SessionTraffic& kept = sessions_[now.session];
    kept.session = now.session;
    kept.read = std::max(kept.read, now.read);
    kept.written = std::max(kept.written, now.written);
  }
  system_read_ = system_written_ = 0;
  for (const auto& [number, traffic] : sessions_) {
    if (traffic.read == 0) continue;  // iPXE opens one more at first, and closes it at once
    if (!firmware_) {
      firmware_ = number;
      firmware_login_ = sample.seconds;
    } else if (number > *firmware_) {
      if (!system_login_) system_login_ = sample.seconds;
      system_read_ += traffic.read;
      system_written_ += traffic.written;
    }
  }
  if (system_written_ >= kWritesOfRoot && !system_write_) system_write_ = sample.seconds;
}

Rehearsed RehearsalWatch::failed() const {
  if (system_login_) return Rehearsed::stopped;
  return firmware_ ? Rehearsed::no_login : Rehearsed::no_start;
}

std::optional<Rehearsed> RehearsalWatch::observe(const RehearsalSample& sample) {
  account(sample);
  console_ = plain_console(sample.serial);
  if (const auto failure = console_failure(console_)) {
    reason_ = fmt::format("after {:.0f} s its console says \"{}\"", sample.seconds, failure->line);
    if (!failure->early) return failed();
    // Later attempts of the firmware do not concern the LUN.
    console_.resize(failure->end);
    return Rehearsed::no_start;
  }
  if (system_login_ && asks_for_user(console_)) {
    reason_ = fmt::format("it asks for a user on its console after {:.0f} s", sample.seconds);
    return Rehearsed::up;
  }
  switch (sample.end) {
    case MachineEnd::powered_off:
      reason_ = fmt::format("it powered itself off after {:.0f} s", sample.seconds);
      return system_write_ ? Rehearsed::up : failed();
    case MachineEnd::reset:
      reason_ = fmt::format("it restarted itself after {:.0f} s", sample.seconds);
      return failed();
    case MachineEnd::exited:
      reason_ = fmt::format("the virtual machine ended after {:.0f} s", sample.seconds);
      return failed();
    case MachineEnd::none:
      break;
  }
  if (system_write_ && sample.seconds - *system_write_ >= settle_) {
    reason_ = fmt::format("it ran on for {:.0f} s without a sign of failure", settle_);
    return Rehearsed::up;
  }
  if (sample.seconds < limit_) return std::nullopt;
  reason_ = fmt::format("it has not come up within {:.0f} s", limit_);
  return failed();
}

std::string RehearsalWatch::story() const {
  if (!firmware_) return "the firmware read nothing from the LUN";
  std::string out = fmt::format("the firmware logged in after {:.0f} s and read {}", *firmware_login_,
                                format_size(sessions_.at(*firmware_).read));
  if (!system_login_) return out + "; the system has not logged in by itself";
  out += fmt::format("; the system logged in by itself after {:.0f} s and read {}", *system_login_,
                     format_size(system_read_));
  if (!system_write_) return out + " and wrote nothing";
  return out + fmt::format("; it wrote first after {:.0f} s, {} in all", *system_write_,
                           format_size(system_written_));
}

}  // namespace san::preflight
