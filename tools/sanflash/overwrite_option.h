// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "system/file/output_file.h"

namespace san {

/// Adds --overwrite, which sets `overwrite`; `overwrite` must outlive `verb`.
inline void add_overwrite(CLI::App& verb, Overwrite& overwrite) {
  verb.add_flag_callback(
      "--overwrite", [&overwrite] { overwrite = Overwrite::yes; }, "replace files that already exist");
}

}  // namespace san
