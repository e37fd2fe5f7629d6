// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace san::iscsi {

/// Chooses how to write zeros if unmapping is not possible. WRITE SAME saves network traffic, but its cost on
/// the target differs by orders of magnitude (tgt 1.0 writes it out in pieces of 512 bytes). So both methods
/// are timed and the faster one is chosen. Thread-safe.
class ZeroMethod {
 public:
  using Duration = std::chrono::steady_clock::duration;
  enum class Choice { write_same, data };

  /// Returns the method for the next `length` bytes of zeros.
  Choice choose(std::uint64_t length);

  void measured_write(std::uint64_t bytes, Duration took);
  void measured_write_same(std::uint64_t bytes, Duration took);
  /// Records that the target does not support WRITE SAME; it is not chosen again.
  void write_same_refused();

 private:
  struct Speed {
    std::optional<double> seconds_per_byte;  ///< exponentially smoothed
    void add(std::uint64_t bytes, Duration took);
  };
  std::mutex mutex_;
  Speed write_, write_same_;
  bool refused_ = false, trying_ = false;
};

}  // namespace san::iscsi
