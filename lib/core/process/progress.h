// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace san {

/// State of a phase, as shown by a sink several times a second.
struct ProgressState {
  std::string phase;                   ///< "copy", "verify", "flush" …
  std::uint64_t done = 0;              ///< bytes completed (acknowledged, not merely sent)
  std::optional<std::uint64_t> total;  ///< bytes of the phase; empty if unknown (standard input)
  double seconds = 0;                  ///< since the phase began
  double rate = 0;                     ///< bytes a second over the last few seconds
  std::optional<double> eta;           ///< seconds left; empty if total and rate do not allow an estimate
  bool finished = false;               ///< the last call for this phase
};

/// Destination of progress reports.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  virtual void show(const ProgressState& state) = 0;
  /// Returns the interval between two calls of show() while a phase runs.
  virtual std::chrono::milliseconds interval() const = 0;
};

enum class ProgressMode { automatic, bar, json, none };

/// Makes the sink for `mode`: a bar on stderr, JSON lines on stderr, or null for none. `automatic` is the bar
/// if stderr is a terminal, otherwise none. The bar hides while a log message is printed and is cleared at
/// the end.
std::unique_ptr<ProgressSink> make_progress_sink(ProgressMode mode);

/// Formats one line of a bar for a terminal `columns` wide:
///
///   copy    12.0 GiB of 40.0 GiB [=====>    ]  30 %  412.3 MiB/s  ETA 1:08
std::string format_progress_bar(const ProgressState& state, std::size_t columns);

/// Formats the state as one JSON object:
///
/// {"phase":"copy","done":…,"total":…,"rate":…,"eta":…,"seconds":…,"finished":false}.
std::string format_progress_json(const ProgressState& state);

/// Counts the completed bytes of each phase of an operation, and shows them from its own thread. add() and
/// done() may be called from any thread; the rest from one thread only.
class Progress {
 public:
  /// Starts the thread that shows progress. `sink` may be null: then nothing is shown and no thread is
  /// started.
  explicit Progress(std::unique_ptr<ProgressSink> sink);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Ends the current phase, if any, and starts the next. `total` is in bytes; empty if it is unknown.
  void begin(std::string phase, std::optional<std::uint64_t> total);
  /// Ends the current phase.
  void end();

  /// Adds completed bytes to the current phase.
  void add(std::uint64_t bytes) { done_.fetch_add(bytes, std::memory_order_relaxed); }
  std::uint64_t done() const { return done_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  void run();
  ProgressState snapshot(Clock::time_point now);

  std::unique_ptr<ProgressSink> sink_;
  std::atomic<std::uint64_t> done_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string phase_;
  std::optional<std::uint64_t> total_;
  Clock::time_point began_;
  std::deque<std::pair<Clock::time_point, std::uint64_t>> window_;
  bool running_ = false, quit_ = false;
  std::thread thread_;
};

}  // namespace san
