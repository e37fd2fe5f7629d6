// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// All of `content` to stdout. Throws Error(usage) for bytes that are no text on a terminal.
void export_to_stdout(const std::string& content);

/// Replaces the file in one step; with secrets in it, nobody but its owner can read it, whatever was there.
/// Throws Error.
void write_export(const std::string& path, const std::string& content, bool secrets);

}  // namespace san
