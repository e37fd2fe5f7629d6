// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/text/printable.h"

namespace san {

// The only ways to standard output and standard error: tests/lint/output.sh finds others.

/// Prints text to stdout. Throws Error(failed) where that does not work.
void print_text(PrintablePart text);

/// Prints text to stderr. Throws nothing: a full or closed stderr must not end a clone.
void print_aside(PrintablePart text);

/// Prints text to stdout past its buffer and its lock, which a stuck thread may hold for ever: for a process
/// that is about to be ended. Throws nothing; stops where stdout takes no more.
void print_last(PrintablePart text) noexcept;

/// Prints to stdout what would else be a file for another program, byte for byte. Throws Error(failed) where
/// that does not work, and Error(usage) where stdout is a terminal and `content` has what a terminal obeys.
void print_content(std::string_view content);

}  // namespace san
