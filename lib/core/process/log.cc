// SPDX-License-Identifier: Apache-2.0
#include "core/process/log.h"

#include <atomic>
#include <mutex>

#include "core/process/operation.h"
#include "core/text/output.h"

namespace san::log {
namespace {

std::atomic<Level> wanted{Level::warning};

struct State {
  std::mutex mutex;
  std::string program = "sanboot";
  Sink sink;
  std::function<void()> before, after;
};

State& state() {
  static State instance;
  return instance;
}

}  // namespace

void set_level(Level level) {
  wanted = level;
}
Level level() {
  return wanted;
}

void set_program(std::string name) {
  const std::scoped_lock lock(state().mutex);
  state().program = std::move(name);
}

void set_sink(Sink sink) {
  const std::scoped_lock lock(state().mutex);
  state().sink = std::move(sink);
}

void set_terminal_hook(std::function<void()> before, std::function<void()> after) {
  const std::scoped_lock lock(state().mutex);
  state().before = std::move(before);
  state().after = std::move(after);
}

void message(Level level, std::string_view text) {
  if (const auto& operation = Operation::current()) return operation->tell(level, text);
  if (level > wanted) return;
  State& s = state();
  const std::scoped_lock lock(s.mutex);
  if (s.sink) {
    s.sink(level, text);
    return;
  }
  if (s.before) s.before();
  print_aside(format_text("{}: {}{}\n", s.program, level == Level::warning ? "warning: " : "", text));
  if (s.after) s.after();
}

}  // namespace san::log
