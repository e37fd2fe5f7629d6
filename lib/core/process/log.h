// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <functional>
#include <string>
#include <string_view>

namespace san::log {

enum class Level { error, warning, info, debug };

/// Sets the level up to which messages are printed to stderr, as "PROGRAM: message" and, for warnings,
/// "PROGRAM: warning: message". The default is `warning`. Thread-safe, like every function here.
void set_level(Level level);
Level level();

/// Sets the name in front of every message.
void set_program(std::string name);

/// Sends messages to `sink` instead of stderr; an empty function restores stderr. For tests.
using Sink = std::function<void(Level, std::string_view)>;
void set_sink(Sink sink);

/// Sets functions that run before and after each message to stderr, so that a progress bar can clear and
/// redraw itself. Empty functions remove the hook.
void set_terminal_hook(std::function<void()> before, std::function<void()> after);

/// Prints one message, without a line feed at its end and escaped as by printable(), if `level` is enabled;
/// passes it to the Operation of this thread instead, if there is one.
void message(Level level, std::string_view text);

template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  message(Level::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  message(Level::info, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (level() >= Level::debug) message(Level::debug, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace san::log
