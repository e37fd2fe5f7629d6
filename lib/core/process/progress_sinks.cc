// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/process/log.h"
#include "core/process/progress.h"
#include "core/text/output.h"
#include "core/text/table.h"
#include "core/units.h"

namespace san {
namespace {

class BarSink final : public ProgressSink {
 public:
  BarSink() {
    // The bar stays locked while the message is printed, so that no redraw comes between.
    log::set_terminal_hook(
        [this] {
          mutex_.lock();
          clear();
        },
        [this] {
          draw();
          mutex_.unlock();
        });
  }
  ~BarSink() override {
    log::set_terminal_hook({}, {});
    const std::scoped_lock lock(mutex_);
    clear();
  }

  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(200); }

  void show(const ProgressState& state) override {
    const std::scoped_lock lock(mutex_);
    winsize window = {};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    clear();
    line_ = as_printable(format_progress_bar(state, known ? window.ws_col : 80));
    draw();
    if (state.finished) {
      print_aside("\n");
      line_ = {};
    }
  }

 private:
  void clear() {
    if (!line_.empty()) print_aside("\r\x1b[K");
  }
  void draw() { print_aside(line_); }

  std::mutex mutex_;
  Printable line_;
};

class JsonSink final : public ProgressSink {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(1000); }
  void show(const ProgressState& state) override {
    print_aside(printable_json(format_progress_json(state) + "\n"));
  }
};

/// Rounds down a number that may exceed the range of an integer, such as the time left at a rate close to 0.
std::uint64_t whole(double value) {
  return static_cast<std::uint64_t>(std::clamp(value, 0.0, 0x1p53));
}

/// Returns the completed part of the total, 0 to 1; 1 if the total is 0.
double part(const ProgressState& state) {
  if (*state.total == 0) return 1.0;
  return std::min(static_cast<double>(state.done) / static_cast<double>(*state.total), 1.0);
}

}  // namespace

std::string format_progress_bar(const ProgressState& state, std::size_t columns) {
  std::string head = fmt::format("{:<7} {:>8}", state.phase, format_size(state.done));
  std::string tail;
  if (state.total) {
    head += fmt::format(" of {}", format_size(*state.total));
    tail = fmt::format(" {:>3} %", static_cast<unsigned>(100.0 * part(state)));
  }
  if (state.done > 0) tail += fmt::format("  {:>11}", format_rate(state.rate));
  if (state.finished)
    tail += fmt::format("  in {}", format_seconds(state.seconds));
  else if (state.eta)
    tail += fmt::format("  ETA {}", format_seconds(*state.eta));

  // One column stays free: a full line makes some terminals scroll.
  const std::size_t used = head.size() + tail.size() + 4;
  std::string bar;
  if (state.total && used + 10 < columns) {
    const std::size_t width = std::min<std::size_t>(columns - used, 40);
    const auto full = static_cast<std::size_t>(part(state) * static_cast<double>(width));
    bar = " [" + std::string(full, '=') + (full < width ? ">" : "") +
          std::string(full < width ? width - full - 1 : 0, ' ') + "]";
  }
  std::string line = head + bar + tail;
  if (columns > 1 && line.size() >= columns) line.resize(columns - 1);
  return line;
}

std::string format_progress_json(const ProgressState& state) {
  Json json;
  json["phase"] = state.phase;
  json["done"] = state.done;
  json["total"] = state.total ? Json(*state.total) : Json(nullptr);
  json["rate"] = whole(state.rate);
  json["eta"] = state.eta ? Json(whole(*state.eta)) : Json(nullptr);
  json["seconds"] = static_cast<double>(static_cast<std::uint64_t>(state.seconds * 10)) / 10;
  json["finished"] = state.finished;
  return json.dump();
}

std::unique_ptr<ProgressSink> make_progress_sink(ProgressMode mode) {
  if (mode == ProgressMode::automatic) mode = isatty(STDERR_FILENO) ? ProgressMode::bar : ProgressMode::none;
  if (mode == ProgressMode::bar) return std::make_unique<BarSink>();
  if (mode == ProgressMode::json) return std::make_unique<JsonSink>();
  return nullptr;
}

}  // namespace san
