// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::copy {

/// Adds its own lifetime, in seconds, to a sum.
class Stopwatch {
 public:
  /// Starts the time. `sum` must outlive it.
  explicit Stopwatch(double& sum) : sum_(sum) {}
  ~Stopwatch() { sum_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& sum_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace san::copy
