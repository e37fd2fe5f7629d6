// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <functional>
#include <string>
#include <string_view>

namespace san::log {

enum class Level { error, warning, info, debug };

/// Messages up to `level` are printed to stderr as "PROGRAM: message"; warnings as "PROGRAM: warning:
/// message". The default is `warning`. Thread-safe, as is everything here.
void set_level(Level level);
Level level();

/// The name in front of every message.
void set_program(std::string name);

/// Takes the messages in place of stderr; an empty function gives them back. For tests.
using Sink = std::function<void(Level, std::string_view)>;
void set_sink(Sink sink);

/// `before` runs before, `after` behind each line that goes to stderr: a progress bar clears and redraws
/// itself. Empty functions take the hook away.
void set_terminal_hook(std::function<void()> before, std::function<void()> after);

/// Prints one message (without a line feed at its end), as printable(), where `level` is wanted.
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
