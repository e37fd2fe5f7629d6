// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/text/printable.h"

namespace san {

// The only ways to standard output and standard error: tests/lint/output.sh finds others.

/// Prints text to stdout. Throws Error(failed) if stdout cannot be written.
void print_text(PrintablePart text);

/// Prints text to stderr. Never throws: a full or closed stderr must not end a clone.
void print_aside(PrintablePart text);

/// Prints text to stdout past its buffer and its lock, which a stuck thread may hold for ever: for a process
/// that is about to be ended. Throws nothing; stops where stdout takes no more.
void print_last(PrintablePart text) noexcept;

/// Prints the content of a file for another program to stdout, byte for byte. Throws Error(failed) if stdout
/// cannot be written, and Error(usage) if stdout is a terminal and `content` has characters that a terminal
/// interprets.
void print_content(std::string_view content);

}  // namespace san
