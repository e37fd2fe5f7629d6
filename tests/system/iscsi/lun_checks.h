// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "block/device_checks.h"
#include "core/process/log.h"
#include "core/units.h"
#include "iscsi/device/lun_device.h"

namespace san::test {

inline const iscsi::Credentials kMe{"iqn.2026-11.org.example:tester", {}, {}, {}, {}};

/// Patience of seconds, so that the tests of its end are short.
inline iscsi::LunOptions hasty(unsigned sessions = 1, unsigned depth = 16) {
  using std::chrono::milliseconds;
  iscsi::LunOptions options;
  options.sessions = sessions;
  options.depth = depth;
  options.timing = {.silence = milliseconds(400),
                    .timeout = milliseconds(8000),
                    .ping = milliseconds(500),
                    .dead = milliseconds(1500),
                    .lost = milliseconds(2500),
                    .refusal = milliseconds(2500)};
  return options;
}

/// Counts requests that are under way and keeps their errors.
class Waiter {
 public:
  Completion next() {
    const std::scoped_lock lock(mutex_);
    ++under_way_;
    return [this](const Error* error) {
      const std::scoped_lock inner(mutex_);
      if (error != nullptr) errors_.push_back(*error);
      --under_way_;
      ended_.notify_all();
    };
  }
  /// Waits until none is under way; what failed.
  std::vector<Error> wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return under_way_ == 0; });
    return errors_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  int under_way_ = 0;
  std::vector<Error> errors_;
};

/// Writes `content` to the start of the device, all at once in pieces of `piece` bytes; each buffer is gone
/// as soon as its write has ended. What failed.
inline std::vector<Error> write_all(Device& device, const std::vector<std::byte>& content,
                                    std::size_t piece = 256 * KiB) {
  Waiter waiter;
  for (std::size_t at = 0; at < content.size(); at += piece) {
    const auto from = content.begin() + static_cast<std::ptrdiff_t>(at);
    const auto length = static_cast<std::ptrdiff_t>(std::min(piece, content.size() - at));
    auto buffer = std::make_shared<std::vector<std::byte>>(from, from + length);
    const std::span<const std::byte> bytes(*buffer);
    device.write(at, bytes, [buffer, done = waiter.next()](const Error* error) mutable {
      std::fill(buffer->begin(), buffer->end(), std::byte{0x55});
      buffer.reset();
      done(error);
    });
  }
  return waiter.wait();
}

/// Log messages up to info while it lives.
class LogTap {
 public:
  LogTap() : level_(log::level()) {
    log::set_level(log::Level::info);
    log::set_sink([this](log::Level, std::string_view text) {
      const std::scoped_lock lock(mutex_);
      lines_.emplace_back(text);
    });
  }
  ~LogTap() {
    log::set_sink({});
    log::set_level(level_);
  }
  bool saw(const std::string& part) {
    const std::scoped_lock lock(mutex_);
    for (const std::string& line : lines_)
      if (contains(line, part)) return true;
    return false;
  }

 private:
  log::Level level_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace san::test
